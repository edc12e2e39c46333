import ReflogModel

extension Change.Actor {
  /// The first of these that is recorded: the display name, the user principal name, the id; else `Unknown`.
  var shownName: String { name ?? userPrincipalName ?? id ?? "Unknown" }
}
