extension Change.Actor {
  /// The name for people: the recorded name, else the user principal name, else the id, else `Unknown`.
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
}
