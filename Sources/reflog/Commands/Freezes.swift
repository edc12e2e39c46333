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
  static func table(_ freezes: [JSONObject]) -> Table {
    let rows = freezes.map { freeze in
      let until = freeze["until"]?.string.map(short)
      return [
        freeze["id"]?.string ?? "", freeze["state"]?.string ?? "", freeze.addressText ?? FreezeScope.allText,
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

  private static func short(_ time: String) -> String { String(time.prefix(19)).replacing("T", with: " ") }
}

/// The command `reflog freeze`.
struct PlaceFreeze: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Refuses changes of a step, a flow or everything for a time.",
    discussion: """
      SCOPE is a step ([FLOWTYPE/]FLOW/STEP), a flow ([FLOWTYPE/]FLOW) or all. all also covers connectors: they \
      can't be created, edited or deleted. A freeze of a step or a flow also refuses edits and deletions of the \
      connectors that the frozen steps call. Other connectors can still be edited. A refused change is recorded as \
      denied. An operator can make a change in spite of a freeze with --override, which is recorded too.

        reflog freeze b2cUserFlows/B2C_1_signup/postFederationSignup --until 8h --reason INC0042
        reflog freeze all --from 2026-12-24 --until 2026-12-26 --reason 'Holidays'

      Times are 2026-12-24, 2026-12-24T14:00 or 2026-12-24T14:00:00Z. 30m, 2h and 7d mean 30 minutes, 2 hours \
      and 7 days from now. If --until is a day, the freeze includes the day. Without --until, the freeze lasts until you release it with \
      reflog unfreeze.

      If Reflog knows no flow or no step with this name, it places the freeze and warns, because the name is possibly \
      misspelt.
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

  func run(on client: ServerClient) async throws {
    var body: JSONObject = ["scope": .string(scope.kind.rawValue), "reason": .string(reason)]
    body["from"] = try from.map { .string(try TimeText.future("--from", $0).start.description) }
    body["until"] = try until.map { .string(try TimeText.future("--until", $0).end.description) }
    switch scope {
    case .everything: break
    case .flow(let flow): body.add(flow)
    case .address(let address):
      body.add(FlowName(of: address))
      body["step"] = .string(address.step.name)
    }
    let placed = try await client.send(.POST, FreezeRoute.path, body: body).body
    try output.show(placed) { FreezeRoute.table([$0]) }
    if let warning = placed["@reflog.warning"]?.string { Terminal.say(warning) }
    guard scope != .everything else { return }
    Terminal.say(
      "Edits of the connectors that the frozen steps call are refused too. Edits of other connectors are still possible."
    )
  }
}

/// The command `reflog unfreeze`.
struct ReleaseFreeze: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: "Releases a freeze.",
    discussion: "  reflog unfreeze 17"
  )

  @Argument(help: "The id of the freeze, which reflog freezes lists.")
  var id: Int64

  @OptionGroup var server: ServerOptions

  func run(on client: ServerClient) async throws {
    _ = try await client.send(.DELETE, "\(FreezeRoute.path)/\(id)")
    Terminal.say("Freeze \(id) is released.")
  }
}

/// The command `reflog freezes`.
struct ListFreezes: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "freezes",
    abstract: "Lists the freezes that are planned or in force."
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    try await output.show(client.send(.GET, FreezeRoute.path).body) {
      FreezeRoute.table($0.objects("value"))
    }
  }
}
