import FoundationEssentials
import ReflogModel

/// The body of a request for a rollback to a time: `{"asOf","flowType","flowId","reason","dryRun","batchId"}`.
struct TimeRollbackBody {
  /// The time to roll back to, or nil to use the time with which the batch began.
  let asOf: Timestamp?
  /// The flow to roll back, or nil if the body identifies no flow.
  ///
  /// If the value is nil, the scope of the batch is used. If the batch has not begun, all flows are rolled back.
  let scope: FlowScope?
  /// The reason, or nil if the body has none.
  let reason: String?
  /// Whether the caller requests only the plan of the rollback.
  let isDryRun: Bool
  /// The id of the batch to begin or to continue, or nil to create a new id.
  let batchID: String?

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "asOf", "flowType", "flowId", "reason", "dryRun", "batchId")
    asOf = try body.text("asOf").map { (text) throws(RequestError) in try Self.moment(text) }
    scope = try body.flowScope()
    reason = try body.text("reason")
    isDryRun = try body.flag("dryRun")
    batchID = try body.text("batchId").map { (text) throws(RequestError) in try Self.batchID(text) }
  }

  /// Returns the id of a batch in lower case, or throws an error if the text is not a GUID.
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
