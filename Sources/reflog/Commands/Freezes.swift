import ArgumentParser
import Foundation
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The path and the table that all commands for freezes use.
enum FreezeRoute {
  /// The path of the HTTP route for freezes.
  static let path = "/beta/reflog/freezes"

  /// Returns the table of freezes.
  static func table(_ freezes: [JSONValue]) -> Table {
    let rows = freezes.compactMap(\.object).map { freeze in
      let until = freeze["until"]?.string.map(short)
      return [
        freeze["id"]?.string ?? "", freeze["state"]?.string ?? "", scope(freeze),
        short(freeze["from"]?.string ?? ""), until ?? "released", ChangeTables.who(freeze),
        ChangeTables.shown(freeze["reason"], freeze),
      ]
    }
    return Table(
      header: ["ID", "STATE", "COVERS", "FROM (UTC)", "UNTIL (UTC)", "WHO", "REASON"],
      rows: rows,
      emptyText: "There are no freezes.",
      cuttable: ["COVERS", "WHO", "REASON"]
    )
  }

  private static func scope(_ freeze: JSONObject) -> String {
    let parts = ["flowType", "flowId", "step"].compactMap { freeze[$0]?.string }
    return parts.isEmpty ? FreezeScope.allText : parts.joined(separator: "/")
  }

  private static func short(_ time: String) -> String { String(time.prefix(19)).replacing("T", with: " ") }
}

/// The command `reflog freeze`.
struct PlaceFreeze: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Refuses changes of a step, a flow or everything for a time.",
    discussion: """
      SCOPE is a step ([FLOWTYPE/]FLOW/STEP), a flow ([FLOWTYPE/]FLOW) or all. all also covers connectors: they \
      can't be created, edited or deleted. A refused change is recorded as denied. An operator can make a change in \
      spite of a freeze with --override, which is recorded too.

        reflog freeze b2cUserFlows/B2C_1_signup/postFederationSignup --until 8h --reason INC0042
        reflog freeze all --from 2026-12-24 --until 2026-12-26 --reason 'Holidays'

      Times are 2026-12-24, 2026-12-24T14:00 or 2026-12-24T14:00:00Z. 30m, 2h and 7d mean 30 minutes, 2 hours \
      and 7 days from now. If --until is a day, the freeze includes the day. Without --until, the freeze lasts until you release it with \
      reflog unfreeze.
      """
  )

  @Argument(help: "What to freeze: [FLOWTYPE/]FLOW/STEP, [FLOWTYPE/]FLOW or all.")
  var scope: FreezeScope

  @Option(help: "When the freeze begins. Without this option it begins now.")
  var from: String?

  @Option(help: "When the freeze ends. Without this option it ends when you release it.")
  var until: String?

  @Option(help: "The reason, which is recorded and shown with each refused change.")
  var reason: String

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let from { _ = try TimeText.future("--from", from) }
    if let until { _ = try TimeText.future("--until", until) }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      let from = try from.map { try TimeText.future("--from", $0).start }
      let until = try until.map { try TimeText.future("--until", $0).end }
      try await server.withClient { client in
        var body: JSONObject = ["scope": .string(scope.kind.rawValue), "reason": .string(reason)]
        body["from"] = from.map { .string($0.description) }
        body["until"] = until.map { .string($0.description) }
        switch scope {
        case .everything: break
        case .flow(let flow): body.add(flow)
        case .address(let address):
          body.add(FlowName(of: address))
          body["step"] = .string(address.step.name)
        }
        let placed = try await client.send(.POST, FreezeRoute.path, body: body).body
        try output.show(placed) { FreezeRoute.table([.object($0)]) }
      }
    }
  }
}

extension JSONObject {
  /// Adds the members that identify a flow.
  fileprivate mutating func add(_ flow: FlowName) {
    self["flowType"] = .string(flow.flowType.rawValue)
    self["flowId"] = .string(flow.flow.text)
  }
}

/// The command `reflog unfreeze`.
struct ReleaseFreeze: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: "Releases a freeze.",
    discussion: "  reflog unfreeze 17"
  )

  @Argument(help: "The id of the freeze, which reflog freezes lists.")
  var id: Int64

  @OptionGroup var server: ServerOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        _ = try await client.send(.DELETE, "\(FreezeRoute.path)/\(id)")
        Terminal.say("Freeze \(id) is released.")
      }
    }
  }
}

/// The command `reflog freezes`.
struct ListFreezes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freezes",
    abstract: "Lists the freezes that are planned or in force."
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        try await output.show(client.send(.GET, FreezeRoute.path).body) {
          FreezeRoute.table($0["value"]?.array ?? [])
        }
      }
    }
  }
}
