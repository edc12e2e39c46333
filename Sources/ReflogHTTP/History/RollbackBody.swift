import ReflogModel

/// The body of a request to roll back a change or to restore the values before an edit: `{"reason","force","dryRun"}`.
///
/// All members are optional.
struct RollbackBody {
  /// The reason for the request, or nil if the body contains no reason.
  let reason: String?
  /// Whether the request may also undo the later changes that would otherwise block it.
  let isForced: Bool
  /// Whether the caller requests only the plan.
  let isDryRun: Bool

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "reason", "force", "dryRun")
    reason = try body.text("reason")
    isForced = try body.flag("force")
    isDryRun = try body.flag("dryRun")
  }
}
