import ReflogModel

/// The body of a request to settle a pending change.
///
/// If the body is empty, Reflog reads the directory to find the result. Otherwise the body is `{"result","reason"}`: a
/// person's statement of the result.
enum ReconcileBody {
  /// Returns the statement in a body, or nil if the body is empty.
  static func statement(_ body: JSONObject) throws(RequestError) -> (result: Change.StatedResult, reason: String)? {
    if body.members.isEmpty { return nil }
    try body.allow(only: "result", "reason")
    guard let result = body["result"]?.string.flatMap(Change.StatedResult.init(rawValue:)) else {
      throw .badRequest("result must be applied or notApplied.", target: "result")
    }
    guard let reason = body["reason"]?.string, !reason.isEmpty, reason.utf8.count <= RequestLimits.reasonBytes,
      !reason.utf8.contains(0), !reason.hasReplacementCharacter
    else {
      throw .badRequest(
        "reason is missing or not valid. It must have 1 to \(RequestLimits.reasonBytes) bytes of UTF-8, and must not "
          + "contain NUL or the replacement character (U+FFFD).",
        target: "reason"
      )
    }
    return (result, reason)
  }
}
