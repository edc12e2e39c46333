import ReflogModel

/// The body of a request to find out what became of a change: nothing, or `{"result","reason"}`, what a person says of
/// it.
enum ReconcileBody {
  static func statement(_ body: JSONObject) throws(RequestError) -> (result: Change.StatedResult, reason: String)? {
    if body.members.isEmpty { return nil }
    if let other = body.members.first(where: { $0.name != "result" && $0.name != "reason" }) {
      throw .badRequest("The body holds the member \(other.name); only result and reason may.", target: other.name)
    }
    guard let result = body["result"]?.string.flatMap(Change.StatedResult.init(rawValue:)) else {
      throw .badRequest("result must be applied or notApplied.", target: "result")
    }
    guard let reason = body["reason"]?.string, !reason.isEmpty, reason.utf8.count <= RequestLimits.reasonBytes,
      !reason.utf8.contains(0)
    else { throw .badRequest("A statement needs a reason, as long as any.", target: "reason") }
    return (result, reason)
  }
}
