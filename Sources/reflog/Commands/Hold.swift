import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog hold`.
struct Hold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Places, lists and releases legal holds.",
    discussion: """
      Held history is neither purged nor erased until you release the hold. The age of the history does not matter, \
      and a hold has no end date.

        reflog hold place CASE-2026-7 --flow b2cUserFlows/B2C_1_signup --reason 'Litigation 2026-7'
        reflog hold release CASE-2026-7
      """,
    subcommands: [PlaceHold.self, ListHolds.self, ReleaseHold.self]
  )

  /// The path of the HTTP route for holds.
  static let path = "/beta/reflog/holds"

  /// Returns the table of holds.
  static func table(_ holds: [JSONObject]) -> Table {
    let rows = holds.map { hold in
      [
        hold["name"]?.string ?? "", hold.addressText ?? "all history", hold["placedDateTime"]?.string ?? "",
        hold["reason"]?.string ?? "",
      ]
    }
    return Table(
      header: ["NAME", "COVERS", "PLACED", "REASON"],
      rows: rows,
      emptyText: "There are no holds.",
      cuttable: ["REASON"],
      droppable: ["PLACED"]
    )
  }
}

/// The command `reflog hold place`.
struct PlaceHold: ServerCommand {
  static let configuration = CommandConfiguration(commandName: "place", abstract: "Places a hold.")

  @Argument(help: "A name for the hold.")
  var name: String

  @Option(help: "The reason, which is recorded.")
  var reason: String

  @Option(
    help: "The flow to hold, [FLOWTYPE/]FLOW. Without this option all history is held.",
    completion: NameCompletion.flows
  )
  var flow: FlowName?

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    var body: JSONObject = ["name": .string(name), "reason": .string(reason)]
    if let flow { body.add(flow) }
    let placed = try await client.send(.POST, Hold.path, body: body).body
    try output.show(placed) { Hold.table([$0]) }
  }
}

/// The command `reflog hold list`.
struct ListHolds: ServerCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all holds.")

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    try await output.show(client.send(.GET, Hold.path).body) { Hold.table($0.objects("value")) }
  }
}

/// The command `reflog hold release`.
struct ReleaseHold: ServerCommand {
  static let configuration = CommandConfiguration(commandName: "release", abstract: "Releases a hold.")

  @Argument(help: "The hold's name.")
  var name: String

  @OptionGroup var server: ServerOptions

  func run(on client: ServerClient) async throws {
    _ = try await client.send(.DELETE, "\(Hold.path)/\(name.percentEncoded())")
    Terminal.say("The hold \(name) is released.")
  }
}
