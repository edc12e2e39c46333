import ReflogModel

/// A change that a row of a table links to, with its time and its actor.
struct LinkedChange: Sendable {
  let id: String
  let moment: Moment
  let attribution: Attribution

  /// Creates the view of a change.
  init(_ change: Change) {
    id = change.id.description
    moment = Moment(change.newestDateTime)
    attribution = Attribution(change)
  }
}
