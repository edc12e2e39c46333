import NIOHTTP1
import ReflogModel

/// Starts a rollback to a time on a server, and waits until the rollback ends.
struct TimeRollbackClient {
  private static let interval = Duration.milliseconds(500)
  private static let path = "/beta/auditLogs/connectorConfigurations/rollback"

  let client: ServerClient
  let output: OutputOptions
  /// A closure that receives a suggested command and adds the options that the user gave.
  let given: (Suggestion) -> Suggestion

  /// Runs the rollback and shows its result.
  ///
  /// - Parameters:
  ///   - asOf: the time to roll back to, or nil to continue a rollback.
  ///   - flow: the flow to roll back, or nil for all flows.
  ///   - batchID: the batch id of the rollback to continue, or nil to start a new rollback.
  ///   - reason: the reason to record, or nil for no reason.
  ///   - override: the reason for the override of freezes, or nil to leave frozen steps unchanged.
  ///   - isDryRun: true to show only the plan.
  ///   - isConfirmed: true to start a new rollback without a confirmation.
  func run(
    asOf: Timestamp?,
    flow: FlowName?,
    batchID: String?,
    reason: String?,
    override: String?,
    isDryRun: Bool,
    isConfirmed: Bool
  ) async throws {
    var body: JSONObject = [:]
    body["asOf"] = asOf.map { .string($0.description) }
    body["batchId"] = batchID.map { .string($0) }
    body["reason"] = reason.map { .string($0) }
    if let flow { body.add(flow) }
    if isDryRun || (asOf != nil && !isConfirmed) {
      body["dryRun"] = .bool(true)
      let plan = try await client.send(.POST, Self.path, body: body, override: override).body
      if isDryRun {
        try output.show(plan) { ChangeTables.timeRollbackPlan($0, given) }
        return plan.sayIfRoleForbids()
      }
      if let problem = plan.roleProblem { throw CommandFailure(.refused, problem) }
      try Self.confirm(plan)
    }
    body["dryRun"] = .bool(false)
    var progress = try await client.send(.POST, Self.path, body: body, override: override).body
    guard let id = progress["batchId"]?.string else {
      throw CommandFailure(.internal, "The server's answer has no batch id.")
    }
    Terminal.say("The batch id is \(id).")
    while progress["state"]?.string == "running" {
      try await Task.sleep(for: Self.interval)
      progress = try await client.send(.GET, "\(Self.path)/\(id)").body
      if Terminal.isTerminal { Terminal.overwrite(Self.text(progress)) }
    }
    if Terminal.isTerminal { Terminal.overwrite(Self.text(progress), isLast: true) }
    try output.show(progress, asTable: ChangeTables.timeRollback)
    guard progress["state"]?.string == "done" else {
      throw CommandFailure(
        .refused,
        "Not all steps were rolled back. Continue with: \(given(Suggestion("rollback").adding("--batch", id)))"
      )
    }
  }

  /// The maximum number of steps that are shown before the user confirms the plan.
  private static let shownSteps = 10

  /// Asks for a confirmation of a plan, and throws a failure if the answer is not `yes`.
  ///
  /// A plan without steps needs no confirmation.
  private static func confirm(_ plan: JSONObject) throws {
    let steps = plan.objects("value").compactMap { $0["summary"]?.string }
    guard !steps.isEmpty else { return }
    for summary in steps.prefix(shownSteps) { Terminal.say(summary) }
    if steps.count > shownSteps { Terminal.say("The plan has \(steps.count - shownSteps) more steps.") }
    guard Confirmation.given("Roll back \(Terminal.count(Int64(steps.count), "step"))?") else {
      throw CommandFailure(.refused, "Nothing was rolled back. Use --yes to roll back without a confirmation.")
    }
  }

  private static func text(_ progress: JSONObject) -> String {
    let steps = progress.objects("value")
    let applied = steps.count { $0["result"] == "applied" }
    return "\(applied) of \(steps.count) steps are rolled back"
  }
}
