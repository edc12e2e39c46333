import ReflogModel

extension JSONObject {
  /// A message if the object is a plan, and the role of the caller does not permit the planned request. Otherwise nil.
  var roleProblem: String? {
    guard self["rolePermits"] == .bool(false) else { return nil }
    return "The request would be refused, because your role does not allow it. Changes, rollbacks and freezes need the "
      + "role operator. Ask an administrator for a token with that role."
  }

  /// Shows a message if the object is a plan, and the role of the caller does not permit the planned request.
  ///
  /// The exit code of the command does not depend on the role, because a reader can also request a plan.
  func sayIfRoleForbids() {
    if let roleProblem { Terminal.say(roleProblem) }
  }
}
