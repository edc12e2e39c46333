import ReflogModel

extension Change.Actor {
  /// The actor's display name, else its user principal name, else its id, else `Unknown`.
  var shownName: String { name ?? userPrincipalName ?? id ?? "Unknown" }
}
