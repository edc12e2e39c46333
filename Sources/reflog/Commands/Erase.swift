import ArgumentParser
import NIOHTTP1
import ReflogModel

/// The command `reflog erase`.
struct Erase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Erases the recorded personal data of a person: name, UPN, IP addresses, reasons.",
    discussion: """
      The changes and the person's id are kept, and the log can still be verified. The personal data in held changes \
      is kept until the hold is released. Erase again after the release. On a terminal you must confirm the erasure. \
      Without a terminal, use --yes.

        reflog erase --actor 8f6f2d6a-52a2-4a0e-9d7d-0c6f5f3a1b2c --dry-run
      """
  )

  private static let path = "/beta/reflog/erasures"
  private static let interval = Duration.milliseconds(500)

  @Option(help: "The person's id: the oid in Entra, or the id of an API token that reflog token list shows.")
  var actor: String

  @Flag(help: "Show what would be erased, and change nothing.")
  var dryRun = false

  @Flag(help: "Do not ask for a confirmation.")
  var yes = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        let order: JSONObject = ["actor": .string(actor), "dryRun": .bool(true)]
        let plan = try await client.send(.POST, Self.path, body: order).body
        if dryRun { return try output.show(plan, asTable: Self.plan) }
        let (changes, events, held) = (
          plan["changes"]?.wholeNumber ?? 0, plan["serviceEvents"]?.wholeNumber ?? 0, plan["held"]?.wholeNumber ?? 0
        )
        Terminal.say(
          "This erases the personal data of \(actor) in \(Terminal.count(changes, "change")) and "
            + "\(Terminal.count(events, "service event"))."
            + (held > 0
              ? " A legal hold keeps the data in \(Terminal.count(held, "more change")). Erase again after its release."
              : "")
        )
        guard yes || Confirmation.given("Erase this data permanently?") else {
          throw CommandFailure(.refused, "Nothing was erased. Use --yes to erase without a confirmation.")
        }
        var body = try await client.send(.POST, Self.path, body: ["actor": .string(actor)]).body
        let wanted = Set((body["value"]?.array ?? []).compactMap { $0.object?["id"]?.string })
        while Self.states(body, wanted).contains("running") {
          try await Task.sleep(for: Self.interval)
          body = try await client.send(.GET, Self.path).body
        }
        try output.show(body) { Self.table($0, wanted) }
      }
    }
  }

  private static func erasures(_ body: JSONObject, _ wanted: Set<String>) -> [JSONObject] {
    (body["value"]?.array ?? []).compactMap(\.object).filter { wanted.contains($0["id"]?.string ?? "") }
  }

  private static func states(_ body: JSONObject, _ wanted: Set<String>) -> [String] {
    erasures(body, wanted).compactMap { $0["state"]?.string }
  }

  private static func table(_ body: JSONObject, _ wanted: Set<String>) -> Table {
    let rows = erasures(body, wanted).map { erasure in
      [
        erasure["actorType"]?.string ?? "", erasure["actor"]?.string ?? "",
        erasure["finishedDateTime"]?.string.map { "done at \($0)" } ?? "in progress",
      ]
    }
    return Table(header: ["TYPE", "ACTOR", "STATE"], rows: rows)
  }

  private static func plan(_ plan: JSONObject) -> Table {
    Table(
      rows: [("changes", "changes"), ("service events", "serviceEvents"), ("held", "held")].map { title, name in
        [title, "\(plan[name]?.wholeNumber ?? 0)"]
      }
    )
  }
}
