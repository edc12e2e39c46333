import ReflogModel

/// The body of a request to settle a pending change.
///
/// If the body is empty, Reflog reads the directory to find the result. Otherwise the body is `{"result","reason"}`: a
/// person's statement of the result.
enum ReconcileBody {
  /// Returns the statement in a body, or nil if the body is empty.
  static func statement(_ body: JSONObject) throws(RequestError) -> (result: Change.StatedResult, reason: String)? {
    if body.members.isEmpty { return nil }
    if let other = body.members.first(where: { $0.name != "result" && $0.name != "reason" }) {
      throw .badRequest(
        "The body has the unknown member \(other.name). Known members: result, reason.",
        target: other.name
      )
    }
    guard let result = body["result"]?.string.flatMap(Change.StatedResult.init(rawValue:)) else {
      throw .badRequest("result must be applied or notApplied.", target: "result")
    }
    guard let reason = body["reason"]?.string, !reason.isEmpty, reason.utf8.count <= RequestLimits.reasonBytes,
      !reason.utf8.contains(0), !reason.hasReplacementCharacter
    else {
      throw .badRequest(
        "reason is missing or not valid. It must have 1 to \(RequestLimits.reasonBytes) bytes of UTF-8, without NUL "
          + "and without U+FFFD.",
        target: "reason"
      )
    }
    return (result, reason)
  }
}
