import ReflogModel

/// The body of a request to roll back a change: `{"reason","force","dryRun"}`.
///
/// All members are optional.
struct RollbackBody {
  /// The reason for the rollback, or nil if the body contains no reason.
  private(set) var reason: String?
  /// Whether the rollback is allowed to undo, in addition to the change, all later changes at the address of the
  /// change.
  private(set) var isForced = false
  /// Whether the caller requests only the plan of the rollback.
  private(set) var isDryRun = false

  init(_ body: JSONObject) throws(RequestError) {
    for member in body.members {
      switch (member.name, member.value) {
      case ("reason", .string(let text)): reason = text
      case ("reason", .null): break
      case ("force", .bool(let value)): isForced = value
      case ("dryRun", .bool(let value)): isDryRun = value
      case ("reason", let value):
        throw .badRequest("reason must be a string, not \(value.kindName).", target: "reason")
      case ("force", let value), ("dryRun", let value):
        throw .badRequest("\(member.name) must be true or false, not \(value.kindName).", target: member.name)
      default:
        throw .badRequest(
          "The body has the unknown member \(member.name). Known members: reason, force, dryRun.",
          target: member.name
        )
      }
    }
  }
}
