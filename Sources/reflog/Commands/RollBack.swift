import ArgumentParser
import NIOHTTP1
import ReflogModel

/// `reflog rollback`
struct RollBack: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Brings back what stood before a change, or at a time.",
    discussion: """
      Names the change, or with --step the address whose last effective change is to be taken back. Refused where \
      later changes stand in the way, unless --force, and where the connector to go back to is gone. --dry-run exits \
      with 1 where it would be refused.

        reflog rollback 17 --dry-run
        reflog rollback --step b2cUserFlows/B2C_1_signup/postFederationSignup

      --as-of brings back what every step called at a time, or with --flow those of one user flow. It takes as long as \
      the directory does, and goes on at the server if this command is broken off. What could not be brought back is \
      said at the end, with exit code 1; --batch goes on with it.

        reflog rollback --as-of 2026-11-23T02:00:00Z --dry-run
        reflog rollback --as-of 2026-11-23T02:00:00Z --flow b2cUserFlows/B2C_1_signup --reason CHG0042
      """
  )

  @Argument(help: "The change's id.")
  var id: Change.ID?

  @Option(help: "FLOWTYPE/FLOW/STEP, whose last effective change is taken back.")
  var step: Address?

  @Option(help: "Bring back what stood at this time: 2026-11-23T02:00:00Z.")
  var asOf: String?

  @Option(help: "With --as-of: only this flow, FLOWTYPE/FLOW.")
  var flow: String?

  @Option(help: "Go on with the rollback to a time that has this batch id.")
  var batch: String?

  @Flag(help: "Say what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Roll back although later changes stand in the way.")
  var force = false

  @Option(help: "Why, for the record.")
  var reason: String?

  @OptionGroup var server: ServerOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let targets = [id != nil, step != nil, asOf != nil || batch != nil].count { $0 }
    guard targets == 1 else { throw ValidationError("Name a change, or say --step, or --as-of.") }
    if let asOf, Timestamp(parsing: asOf) == nil { throw ValidationError("--as-of \(asOf) is no time.") }
    guard flow == nil || asOf != nil else { throw ValidationError("--flow goes with --as-of.") }
    guard !force || (asOf == nil && batch == nil) else {
      throw ValidationError("--as-of brings back what stood whatever came since: no --force.")
    }
    if let flow, FlowName(flow) == nil {
      throw ValidationError("--flow \(flow) is not FLOWTYPE/FLOW, as b2cUserFlows/B2C_1_signup is.")
    }
  }

  func run() async throws {
    try await CommandFailure.wrapping {
      try await server.withClient { client in
        if asOf != nil || batch != nil {
          let rollback = TimeRollbackClient(client: client, output: output)
          return try await rollback.run(
            asOf: asOf,
            flow: flow.flatMap { FlowName($0) },
            batchID: batch,
            reason: reason,
            isDryRun: dryRun
          )
        }
        var body: JSONObject = ["force": .bool(force), "dryRun": .bool(dryRun)]
        if let reason { body["reason"] = .string(reason) }
        let target = try await target(client)
        do {
          let path = "/beta/auditLogs/connectorChanges/\(target)/rollback"
          let answer = try await client.send(.POST, path, body: body)
          try output.show(answer.body, asTable: dryRun ? Self.plan : ChangeTables.change)
          if dryRun, let obstacle = obstacle(answer.body) { throw CommandFailure(.refused, obstacle) }
        } catch let failure as CommandFailure where failure.exitCode == .tryAgain {
          // By its id the rollback can be asked for again without being made twice; by --step it could take itself back.
          throw CommandFailure(.tryAgain, failure.message + " Try again with: reflog rollback \(target)")
        }
      }
    }
  }

  private func target(_ client: ServerClient) async throws -> Change.ID {
    if let id { return id }
    let place = step?.description ?? ""
    let entries = try await client.configurations(asOf: nil)["value"]?.array ?? []
    let entry = entries.lazy.compactMap(\.object).first { entry in
      let parts = ["flowType", "flowId", "step"].compactMap { entry[$0]?.string }
      return Address(parts.joined(separator: "/")) == step
    }
    guard let last = entry?["changeId"]?.string.flatMap({ Change.ID($0) }) else {
      throw try await noTarget(at: place, client)
    }
    let change = try await client.change(last)
    guard change["before"] != change["after"] else {
      throw CommandFailure(.notFound, "No change of \(place) that made a difference is on record.")
    }
    if let undone = change["rollbackOf"]?.string {
      throw CommandFailure(
        .refused,
        "The last change of \(place) is itself a rollback: change \(last) took back change \(undone). "
          + "To take that back in turn, name it: reflog rollback \(last)"
      )
    }
    return last
  }

  private static func plan(_ plan: JSONObject) -> Table {
    Table(rows: [["plan", plan["summary"]?.string ?? ""]])
  }

  /// Why the rollback would be refused, if it would.
  private func obstacle(_ plan: JSONObject) -> String? {
    if plan["connectorExists"] == .bool(false) {
      return "It would be refused: the connector to go back to does not exist any more."
    }
    let later = (plan["supersededBy"]?.array ?? []).compactMap(\.string)
    guard !force, !later.isEmpty || plan["drifted"] == .bool(true) else { return nil }
    let changes = later.isEmpty ? "a change made without Reflog" : "changes " + later.joined(separator: ", ")
    return "It would be refused: \(changes) came later. Roll that back first, or say --force."
  }

  /// Why there is nothing to take back: a change that is under way, or none at all.
  private func noTarget(at place: String, _ client: ServerClient) async throws -> CommandFailure {
    guard let step else { return CommandFailure(.notFound, "No step is named.") }
    var question = PlainQuestion(about: step)
    question.result = .pending
    let newest = try await client.history(top: 1, filter: question.text)["value"]?.array ?? []
    guard let id = newest.first?.object?["id"]?.string else {
      return CommandFailure(.notFound, "No change of \(place) is on record.")
    }
    return CommandFailure(.tryAgain, "Change \(id) of \(place) is still pending: `reflog show \(id)`. Try again later.")
  }
}
