import ReflogModel

extension Change.Actor {
  /// A name for people; an id where there is none.
  var shownName: String { name ?? userPrincipalName ?? id ?? "Somebody" }
}
