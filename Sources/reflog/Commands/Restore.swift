import ArgumentParser
import NIOHTTP1
import ReflogFormats
import ReflogModel

/// The command `reflog restore`.
struct Restore: ServerCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Restores the values that a connector had before an edit.",
    discussion: """
      A rollback restores what a step calls. This command restores the name and the target URL of a connector: it edits \
      the connector again. Secret values are not recorded. If the edit changed a secret value, or a URL with a query, \
      the command is refused and says what is missing.

        reflog restore 17 --dry-run
        reflog restore 17 --reason INC0042 --freeze --until 8h

      If later edits wrote the same properties, the command is refused and names them, unless you use --force. \
      --dry-run exits with 1 if later edits, a freeze or a missing value would stop the command. If the role of your \
      token does not allow the restoration, --dry-run says so, and its exit code does not change. --freeze then \
      freezes each step that calls the connector, but at most 50 steps. If more steps call the connector, the command \
      says so and exits with 1. A step that is already frozen at least as long gets no other freeze.

      An edit that was made without Reflog also refuses the command: it is recorded, and then it is a later edit. If a \
      later edit already set the same values, the command sends nothing and shows that edit.
      """
  )

  @Argument(help: "The id of the edit.")
  var id: Change.ID

  @Flag(help: "Show the plan, and change nothing.")
  var dryRun = false

  @Flag(help: "Replace the values of later edits too.")
  var force = false

  @Option(help: "The reason, which is recorded.")
  var reason: String?

  @Option(help: "Restore in spite of a freeze, for this reason, which is recorded. Operators only.")
  var override: String?

  @OptionGroup var freezing: FreezeOptions
  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func run(on client: ServerClient) async throws {
    let path = "/beta/auditLogs/connectorChanges/\(id)/restore"
    // The plan names the steps to freeze.
    let plan =
      dryRun || freezing.isGiven ? try await client.send(.POST, path, body: ["dryRun": .bool(true)]).body : [:]
    if dryRun {
      try output.show(plan, asTable: Self.plan)
      plan.sayIfRoleForbids()
      if let obstacle = obstacle(plan) { throw CommandFailure(.refused, obstacle) }
      return
    }
    var body: JSONObject = ["force": .bool(force)]
    if let reason { body["reason"] = .string(reason) }
    let answer: ServerClient.Answer
    do {
      answer = try await client.send(.POST, path, body: body, override: override)
    } catch let failure as CommandFailure where failure.exitCode == .tryAgain {
      // A second attempt is safe: if the first attempt restored the values, nothing more is sent.
      let given = Suggestion("restore", "\(id)").adding("--force", if: force).adding("--reason", reason)
        .adding("--override", override)
      let again = output.added(to: server.added(to: freezing.added(to: given)))
      throw CommandFailure(.tryAgain, "\(failure.message) Try again with: \(again)")
    }
    try output.show(answer.body, asTable: ChangeTables.change)
    let callers = plan.objects("calledBy").compactMap(\.addressText)
    try await freezing.freeze(
      callers,
      of: plan["calledByCount"]?.wholeNumber.map(Int.init) ?? callers.count,
      because: "After the values before change \(id) were restored",
      after: "The values before change \(id) were restored (change \(answer.body["id"]?.string ?? "")).",
      at: server,
      on: client
    )
  }

  private static func plan(_ plan: JSONObject) -> Table {
    let callers = plan.objects("calledBy").compactMap(\.addressText)
    let more = (plan["calledByCount"]?.wholeNumber.map(Int.init) ?? callers.count) - callers.count
    let shown = callers.joined(separator: ", ") + (more > 0 ? ", … and \(more) more" : "")
    return Table(
      rows: [["plan", plan["summary"]?.string ?? ""]]
        + [["called by", callers.isEmpty ? "no step" : shown]]
    )
  }

  /// Returns the reason why the request would be refused, or nil if the request would be accepted.
  private func obstacle(_ plan: JSONObject) -> String? {
    if override == nil, let freeze = plan["freeze"]?.object {
      let until = freeze["until"]?.string.map { " until \($0)" } ?? ""
      let id = freeze["id"]?.string ?? ""
      let caller = plan["freezeCaller"]?.object?.addressText
      let cause =
        caller.map { "\($0) calls the connector, and freeze \(id) covers this step" }
        ?? "freeze \(id) covers the connector"
      return "The request would be refused, because \(cause)\(until). To restore anyway, use --override with a reason."
    }
    let later = plan.strings("supersededBy")
    guard !force, !later.isEmpty else { return nil }
    return "The request would be refused, because later changes wrote the same properties: "
      + "\(later.joined(separator: ", ")). To replace the values of these changes too, use --force."
  }
}
