import FoundationEssentials
import ReflogModel

/// The body of a request for a rollback to a time: `{"asOf","flowType","flowId","reason","dryRun","batchId"}`.
struct TimeRollbackBody {
  /// The time to roll back to.
  ///
  /// If the value is nil, ``batchID`` must identify a rollback that has already begun. Reflog then uses the time of
  /// that rollback.
  let asOf: Timestamp?
  /// The flow to roll back, or nil if the body does not identify a flow.
  ///
  /// If the value is nil, a rollback that has already begun keeps its scope, and a new rollback covers all flows.
  let scope: FlowScope?
  /// The reason for the rollback, or nil if the body contains no reason.
  let reason: String?
  /// Whether the caller requests only the plan of the rollback.
  let isDryRun: Bool
  /// The id of the rollback to begin or to continue, or nil to create a new id.
  let batchID: String?

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "asOf", "flowType", "flowId", "reason", "dryRun", "batchId")
    asOf = try body.text("asOf").map { (text) throws(RequestError) in try Self.moment(text) }
    scope = try body.flowScope()
    reason = try body.text("reason")
    isDryRun = try body.flag("dryRun")
    batchID = try body.text("batchId").map { (text) throws(RequestError) in try Self.batchID(text) }
  }

  /// Returns the id of a rollback with lower-case letters, or throws an error if the text is not a GUID.
  static func batchID(_ text: String) throws(RequestError) -> String {
    guard let id = GUID.normalized(text) else { throw .badRequest("batchId must be a GUID.", target: "batchId") }
    return id
  }

  private static func moment(_ text: String) throws(RequestError) -> Timestamp {
    guard let moment = Timestamp(parsing: text), moment <= Timestamp(Date()) else {
      throw .badRequest("asOf must be a time in the past, such as 2026-03-01T14:00:00Z.", target: "asOf")
    }
    return moment
  }
}
