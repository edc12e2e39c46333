import ArgumentParser
import NIOHTTP1
import ReflogModel

/// `reflog retention`
struct Retain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Says how long history is kept, and purges what is older.",
    discussion: """
      History is kept for ever unless somebody says otherwise. A purge deletes what was settled before that many days, but never \
      what is held (reflog hold), what is pending, or the last change of a step that made a difference; the log goes on \
      verifying. Show the plan first.

        reflog retention set --days 730
        reflog retention purge --dry-run
        reflog retention purge
      """,
    subcommands: [ShowRetention.self, SetRetention.self, PurgeHistory.self]
  )

  static let path = "/beta/reflog/retention"

  static func table(_ body: JSONObject) -> Table {
    var rows = [["kept", body["days"]?.wholeNumber.map { "\($0) days" } ?? "for ever"]]
    if let purge = body["purge"]?.object {
      rows.append(["purge", "of what was settled before \(purge["before"]?.string ?? "")"])
      rows.append(["asked", purge["askedDateTime"]?.string ?? ""])
      rows.append(["state", purge["finishedDateTime"]?.string.map { "done at \($0)" } ?? "under way"])
    }
    return Table(rows: rows)
  }
}

struct ShowRetention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows how long history is kept, and the newest purge."
  )

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        try await output.show(client.send(.GET, Retain.path).body, asTable: Retain.table)
      }
    }
  }
}

struct SetRetention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Says for how many days history is kept. It purges nothing by itself."
  )

  @Option(help: "Days, at least \(RetentionPolicy.minimumDays).")
  var days: Int?

  @Flag(help: "Keep history for ever.")
  var forever = false

  @Flag(help: "Take fewer days than the minimum, where the law wants that.")
  var override = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (days == nil) == forever else { throw ValidationError("Say --days or --forever.") }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        let body: JSONObject = ["days": days.map { .integer($0) } ?? .null, "override": .bool(override)]
        try await output.show(client.send(.POST, Retain.path, body: body).body, asTable: Retain.table)
      }
    }
  }
}

struct PurgeHistory: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Deletes what need not be kept any more, after showing what that is.",
    discussion: """
      On a terminal it shows the plan and asks; elsewhere it wants --yes. It goes on where the server is stopped meanwhile.
      """
  )

  private static let interval = Duration.milliseconds(500)

  @Flag(help: "Show the plan, and do nothing.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        let path = Retain.path + "/purge"
        let plan = try await client.send(.POST, path, body: ["dryRun": .bool(true)]).body
        if dryRun { return try output.show(plan, asTable: Self.plan) }
        Terminal.say(Self.words(plan))
        guard yes || Confirmation.given("Delete it for good?") else {
          throw CommandFailure(.refused, "Nothing was deleted. Say --yes to delete it.")
        }
        var body = try await client.send(.POST, path, body: ["before": plan["before"] ?? .null]).body
        while body["purge"]?.object?["state"]?.string == "running" {
          try await Task.sleep(for: Self.interval)
          body = try await client.send(.GET, Retain.path).body
        }
        try output.show(body, asTable: Retain.table)
      }
    }
  }

  private static func number(_ body: JSONObject, _ name: String) -> String { "\(body[name]?.wholeNumber ?? 0)" }

  private static func words(_ plan: JSONObject) -> String {
    "\(number(plan, "changes")) changes and \(number(plan, "serviceEvents")) service events that were settled before "
      + "\(plan["before"]?.string ?? "") go; \(number(plan, "held")) as old are held, and \(number(plan, "standing")) say what "
      + "stands at their step."
  }

  private static func plan(_ plan: JSONObject) -> Table {
    Table(rows: [
      ["before", plan["before"]?.string ?? ""], ["changes", number(plan, "changes")],
      ["service events", number(plan, "serviceEvents")], ["held", number(plan, "held")],
      ["standing", number(plan, "standing")],
    ])
  }
}
