import ReflogModel

extension Change.Actor {
  /// Returns the actor's name on pages, or `[erased]` and the actor's id if an erasure deleted the names.
  func shownName(erased: Erased?) -> String {
    erased == nil ? shownName : Erased.placeholder + (id.map { " (\($0))" } ?? "")
  }
}

extension Change {
  /// The actor's name on pages, or `[erased]` and the actor's id if an erasure deleted the names.
  var shownActor: String { intent.actor.shownName(erased: erased) }
}
