import FoundationEssentials
import ReflogModel

/// The body of a request to bring back what stood at a time: `{"asOf","flowType","flowId","reason","dryRun","batchId"}`.
struct TimeRollbackBody {
  private static let members = ["asOf", "flowType", "flowId", "reason", "dryRun", "batchId"]

  let asOf: Timestamp?
  let scope: TimeRollback.Scope?
  let reason: String?
  let isDryRun: Bool
  let batchID: String?

  init(_ body: JSONObject) throws(RequestError) {
    if let other = body.members.first(where: { !Self.members.contains($0.name) }) {
      throw .badRequest(
        "The body holds the member \(other.name); only \(Self.members.joined(separator: ", ")) may stand there.",
        target: other.name
      )
    }
    asOf = try Self.text("asOf", body).map { (text) throws(RequestError) in try Self.moment(text) }
    scope = try Self.scope(body)
    reason = try Self.text("reason", body)
    switch body["dryRun"] {
    case nil: isDryRun = false
    case .bool(let value): isDryRun = value
    case .some: throw .badRequest("dryRun must be true or false.", target: "dryRun")
    }
    batchID = try Self.text("batchId", body).map { (text) throws(RequestError) in try Self.batchID(text) }
  }

  /// The id of a batch: a GUID, in lower case whatever it came in.
  static func batchID(_ text: String) throws(RequestError) -> String {
    guard text.utf8.count == 36, let id = UUID(uuidString: text) else {
      throw .badRequest("batchId is a GUID.", target: "batchId")
    }
    return id.uuidString.lowercased()
  }

  private static func moment(_ text: String) throws(RequestError) -> Timestamp {
    guard let moment = Timestamp(parsing: text), moment <= Timestamp(Date()) else {
      throw .badRequest("asOf is a time that is over, such as 2026-03-01T14:00:00Z.", target: "asOf")
    }
    return moment
  }

  private static func scope(_ body: JSONObject) throws(RequestError) -> TimeRollback.Scope? {
    switch (try text("flowType", body), try text("flowId", body)) {
    case (nil, nil): return nil
    case (let flowType?, let flow?):
      guard let flowType = FlowType(segment: flowType) else {
        throw .badRequest("flowType is b2cUserFlows or b2xUserFlows.", target: "flowType")
      }
      guard let flow = FlowID(flow) else { throw .badRequest("flowId is no id of a user flow.", target: "flowId") }
      return .flow(flowType, flow)
    case (nil, _): throw .badRequest("flowId needs flowType beside it.", target: "flowType")
    case (_, nil): throw .badRequest("flowType needs flowId beside it.", target: "flowId")
    }
  }

  private static func text(_ name: String, _ body: JSONObject) throws(RequestError) -> String? {
    switch body[name] {
    case nil, .null: nil
    case .string(let text): text
    case let value?: throw .badRequest("\(name) must be a string, not \(value.kindName).", target: name)
    }
  }
}
