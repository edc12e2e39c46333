import ReflogModel

extension Change.Actor {
  /// The display name; if it is not recorded, the user principal name, else the id, else `Unknown`.
  var shownName: String { name ?? userPrincipalName ?? id ?? "Unknown" }
}
