import NIOHTTP1
import ReflogModel

/// Starts a rollback to a time on a server, and waits until it ends.
struct TimeRollbackClient {
  private static let interval = Duration.milliseconds(500)
  private static let path = "/beta/auditLogs/connectorConfigurations/rollback"

  let client: ServerClient
  let output: OutputOptions
  /// Adds the options that the user gave to a suggested command.
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
  func run(
    asOf: Timestamp?,
    flow: FlowName?,
    batchID: String?,
    reason: String?,
    override: String?,
    isDryRun: Bool
  ) async throws {
    var body: JSONObject = ["dryRun": .bool(isDryRun)]
    body["asOf"] = asOf.map { .string($0.description) }
    body["batchId"] = batchID.map { .string($0) }
    body["reason"] = reason.map { .string($0) }
    if let flow {
      body["flowType"] = .string(flow.flowType.rawValue)
      body["flowId"] = .string(flow.flow.text)
    }
    var progress = try await client.send(.POST, Self.path, body: body, override: override).body
    guard !isDryRun else { return try output.show(progress, asTable: ChangeTables.timeRollbackPlan) }
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

  private static func text(_ progress: JSONObject) -> String {
    let steps = progress["value"]?.array ?? []
    let applied = steps.count { $0.object?["result"]?.string == "applied" }
    return "\(applied) of \(steps.count) steps are rolled back"
  }
}
