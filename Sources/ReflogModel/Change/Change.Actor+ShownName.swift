extension Change.Actor {
  /// The name for people: the recorded name, else the user principal name, else the id, else `Unknown`.
  ///
  /// A token and an app have their type in front, because anybody can give them the name of a person.
  package var shownName: String {
    let name = name ?? userPrincipalName ?? id ?? "Unknown"
    return switch type {
    case .token, .app: "\(type.rawValue) \(name)"
    case .user, .unknown: name
    }
  }
}
