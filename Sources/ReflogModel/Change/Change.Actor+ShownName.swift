extension Change.Actor {
  /// The name of the actor that is shown to people.
  ///
  /// The name is the first of these texts that is known: the recorded name, the user principal name, the id. If all
  /// three are unknown, the name is `Unknown`.
  ///
  /// The type is written in front of the name of a token or an app, because a token or an app can have the name of a
  /// person.
  package var shownName: String {
    let name = name ?? userPrincipalName ?? id ?? "Unknown"
    return switch type {
    case .token, .app: "\(type.rawValue) \(name)"
    case .user, .unknown: name
    }
  }

  /// Returns the name of the actor as people see it, or `[erased]` and the actor's id if an erasure deleted the names.
  package func shownName(erased: Erased?) -> String {
    erased == nil ? shownName : Erased.placeholder + (id.map { " (\($0))" } ?? "")
  }
}
