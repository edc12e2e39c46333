import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog retention`.
struct Retain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Shows and sets how long history is kept, and purges older history.",
    discussion: """
      If no number of days is set, history is kept for ever. A purge deletes older history. The age of a change begins \
      when it is settled, and the age of a service event when it is recorded. A purge never deletes held changes \
      (reflog hold), pending changes, or the last effective change of a step. After a purge the log can still be verified. Show the plan first.

        reflog retention set --days 730
        reflog retention purge --dry-run
        reflog retention purge
      """,
    subcommands: [ShowRetention.self, SetRetention.self, PurgeHistory.self]
  )

  /// The path of the HTTP route for the retention policy.
  static let path = "/beta/reflog/retention"

  /// Returns the table of the policy and the newest purge.
  static func table(_ body: JSONObject) -> Table {
    var rows = [["kept", body["days"]?.wholeNumber.map { "\($0) days" } ?? "for ever"]]
    if let purge = body["purge"]?.object {
      rows.append(["purge", "of history before \(purge["before"]?.string ?? "")"])
      rows.append(["requested", purge["askedDateTime"]?.string ?? ""])
      rows.append(["state", purge["finishedDateTime"]?.string.map { "done at \($0)" } ?? "in progress"])
    }
    return Table(rows: rows)
  }
}

/// The command `reflog retention show`.
struct ShowRetention: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows how long history is kept, and the newest purge."
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    try await output.show(client.send(.GET, Retain.path).body, asTable: Retain.table)
  }
}

/// The command `reflog retention set`.
struct SetRetention: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Sets the number of days for which history is kept. It deletes nothing."
  )

  @Option(help: "The number of days, at least \(RetentionPolicy.minimumDays).")
  var days: Int?

  @Flag(help: "Keep history for ever.")
  var forever = false

  @Flag(help: "Allow fewer days than the minimum, for example if the law requires that.")
  var override = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (days == nil) == forever else { throw ValidationError("Use --days or --forever.") }
  }

  func run(on client: ServerClient) async throws {
    let body: JSONObject = ["days": days.map { .integer($0) } ?? .null, "override": .bool(override)]
    try await output.show(client.send(.POST, Retain.path, body: body).body, asTable: Retain.table)
  }
}

/// The command `reflog retention purge`.
struct PurgeHistory: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Shows a plan, and then deletes the history that is older than the retention policy requires.",
    discussion: """
      On a terminal you must confirm the purge. Without a terminal, use --yes. If the server stops during the purge, \
      it continues the purge at its next start.
      """
  )

  private static let interval = Duration.milliseconds(500)

  @Flag(help: "Show the plan, and change nothing.")
  var dryRun = false

  @Flag(help: "Do not ask for a confirmation.")
  var yes = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    let path = Retain.path + "/purge"
    let plan = try await client.send(.POST, path, body: ["dryRun": .bool(true)]).body
    if dryRun { return try output.show(plan, asTable: Self.plan) }
    Terminal.say(Self.text(plan))
    guard yes || Confirmation.given("Delete this history permanently?") else {
      throw CommandFailure(.refused, "Nothing was deleted. Use --yes to delete without a confirmation.")
    }
    var body = try await client.send(.POST, path, body: ["before": plan["before"] ?? .null]).body
    while body["purge"]?.object?["state"]?.string == "running" {
      try await Task.sleep(for: Self.interval)
      body = try await client.send(.GET, Retain.path).body
    }
    try output.show(body, asTable: Retain.table)
  }

  private static func number(_ body: JSONObject, _ name: String) -> String { "\(body[name]?.wholeNumber ?? 0)" }

  private static func text(_ plan: JSONObject) -> String {
    "This deletes \(number(plan, "changes")) changes and \(number(plan, "serviceEvents")) service events that were "
      + "settled before \(plan["before"]?.string ?? ""). It keeps \(number(plan, "held")) older changes that are held, "
      + "and \(number(plan, "standing")) older changes that are the last effective change of their step."
  }

  private static func plan(_ plan: JSONObject) -> Table {
    Table(rows: [
      ["before", plan["before"]?.string ?? ""], ["changes", number(plan, "changes")],
      ["service events", number(plan, "serviceEvents")], ["held", number(plan, "held")],
      ["last effective", number(plan, "standing")],
    ])
  }
}
