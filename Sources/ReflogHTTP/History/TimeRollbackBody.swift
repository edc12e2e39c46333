import FoundationEssentials
import ReflogModel

/// The body of a request to bring back what stood at a time: `{"asOf","flowType","flowId","reason","dryRun","batchId"}`.
struct TimeRollbackBody {
  let asOf: Timestamp?
  let scope: FlowScope?
  let reason: String?
  let isDryRun: Bool
  let batchID: String?

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "asOf", "flowType", "flowId", "reason", "dryRun", "batchId")
    asOf = try body.text("asOf").map { (text) throws(RequestError) in try Self.moment(text) }
    scope = try body.flowScope()
    reason = try body.text("reason")
    isDryRun = try body.flag("dryRun")
    batchID = try body.text("batchId").map { (text) throws(RequestError) in try Self.batchID(text) }
  }

  /// The id of a batch: a GUID, in lower case whatever it came in.
  static func batchID(_ text: String) throws(RequestError) -> String {
    guard let id = GUID.normalized(text) else { throw .badRequest("batchId is a GUID.", target: "batchId") }
    return id
  }

  private static func moment(_ text: String) throws(RequestError) -> Timestamp {
    guard let moment = Timestamp(parsing: text), moment <= Timestamp(Date()) else {
      throw .badRequest("asOf is a time that is over, such as 2026-03-01T14:00:00Z.", target: "asOf")
    }
    return moment
  }
}
