import ReflogModel

/// The body of a request to roll back a change: `{"reason","force","dryRun"}`.
///
/// All members are optional.
struct RollbackBody {
  /// The reason for the rollback, or nil if the body contains no reason.
  let reason: String?
  /// Whether the rollback is allowed to undo, in addition to the change, all later changes at the address of the
  /// change.
  let isForced: Bool
  /// Whether the caller requests only the plan of the rollback.
  let isDryRun: Bool

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "reason", "force", "dryRun")
    reason = try body.text("reason")
    isForced = try body.flag("force")
    isDryRun = try body.flag("dryRun")
  }
}
