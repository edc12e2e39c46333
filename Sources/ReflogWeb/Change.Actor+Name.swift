import ReflogModel

extension Change.Actor {
  /// Returns the shown name, or `[erased]` and the id if an erasure deleted the names.
  func shownName(erased: Erased?) -> String {
    erased == nil ? shownName : Erased.placeholder + (id.map { " (\($0))" } ?? "")
  }
}

extension Change {
  /// The name of the actor, or `[erased]` and the id if an erasure deleted the names.
  var shownActor: String { intent.actor.shownName(erased: erased) }
}
