import ReflogModel
import ReflogService

extension JSONObject {
  /// Shows a message if the object is a plan, and the role of the caller does not permit the planned request.
  ///
  /// The exit code of the command does not depend on the role, because a reader can also request a plan.
  func sayIfRoleForbids() {
    guard self["rolePermits"] == .bool(false) else { return }
    Terminal.say("The request would be refused, because your role does not allow it. \(Policy.operatorAdvice)")
  }
}
