import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog erase`.
struct Erase: ServerCommand {
  static let configuration = CommandConfiguration(
    abstract: "Erases the recorded personal data of a person, an application or an API token.",
    discussion: """
      Personal data is: names, UPN, IP addresses, reasons and statements. The changes and the id are kept, and the log \
      can still be verified. The personal data in held changes is kept until the hold is released. Erase again after \
      the release. On a terminal you must confirm the erasure. Without a terminal, use --yes.

        reflog erase --actor 8f6f2d6a-52a2-4a0e-9d7d-0c6f5f3a1b2c --dry-run
        reflog erase --token first-operator --yes
      """
  )

  private static let path = "/beta/reflog/erasures"
  private static let interval = Duration.milliseconds(500)

  @Option(help: "The id of a person (the oid in Entra), of an application or of an API token.")
  var actor: String?

  @Option(help: "The id of an application: its client id, or the object id of its service principal.")
  var app: String?

  @Option(help: "The name or the id of an API token.")
  var token: String?

  @Flag(help: "Show what would be erased, and change nothing.")
  var dryRun = false

  @Flag(help: "Do not ask for a confirmation.")
  var yes = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard [actor, app, token].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("Use exactly one of --actor, --app and --token.")
    }
  }

  func run(on client: ServerClient) async throws {
    let plan = try await client.send(.POST, Self.path, body: subject + ["dryRun": .bool(true)]).body
    if dryRun { return try output.show(plan, asTable: Self.plan) }
    let (changes, events, held) = (
      plan["changes"]?.wholeNumber ?? 0, plan["serviceEvents"]?.wholeNumber ?? 0, plan["held"]?.wholeNumber ?? 0
    )
    let kept =
      held > 0
      ? " A legal hold keeps the data in \(Terminal.count(held, "more record")). Erase the data again after the hold "
        + "is released."
      : ""
    let scope = "\(Terminal.count(changes, "change")) and \(Terminal.count(events, "service event"))"
    guard changes + events > 0 else {
      return Terminal.say("No personal data of \(who) is left to erase: \(scope).\(kept)")
    }
    Terminal.say("This erases the personal data of \(who) in \(scope).\(kept)")
    guard yes || Confirmation.given("Erase this data permanently?") else {
      throw CommandFailure(.refused, "Nothing was erased. Use --yes to erase without a confirmation.")
    }
    var body = try await client.send(.POST, Self.path, body: subject).body
    let wanted = Set(body.objects("value").compactMap { $0["id"]?.string })
    while Self.states(body, wanted).contains("running") {
      try await Task.sleep(for: Self.interval)
      body = try await client.send(.GET, Self.path).body
    }
    try output.show(body) { Self.table($0, wanted) }
  }

  /// The member of the request's body that identifies the actor.
  private var subject: JSONObject {
    if let app { return ["app": .string(app)] }
    if let token { return ["token": .string(token)] }
    return ["actor": .string(actor ?? "")]
  }

  private var who: String { actor ?? app.map { "application \($0)" } ?? token.map { "token \($0)" } ?? "" }

  private static func erasures(_ body: JSONObject, _ wanted: Set<String>) -> [JSONObject] {
    body.objects("value").filter { wanted.contains($0["id"]?.string ?? "") }
  }

  private static func states(_ body: JSONObject, _ wanted: Set<String>) -> [String] {
    erasures(body, wanted).compactMap { $0["state"]?.string }
  }

  private static func table(_ body: JSONObject, _ wanted: Set<String>) -> Table {
    let rows = erasures(body, wanted).map { erasure in
      [
        erasure["actorType"]?.string ?? "", erasure["actor"]?.string ?? "",
        String(erasure["changes"]?.wholeNumber ?? 0), String(erasure["serviceEvents"]?.wholeNumber ?? 0),
        erasure["finishedDateTime"]?.string.map { "done at \($0)" } ?? "in progress",
      ]
    }
    return Table(header: ["TYPE", "ACTOR", "CHANGES", "SERVICE EVENTS", "STATE"], rows: rows)
  }

  private static func plan(_ plan: JSONObject) -> Table {
    Table(
      rows: [("changes", "changes"), ("service events", "serviceEvents"), ("held", "held")].map { title, name in
        [title, plan[name].map { String($0.wholeNumber ?? 0) } ?? ""]
      }
    )
  }
}
