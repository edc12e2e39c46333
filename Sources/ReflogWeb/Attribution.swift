import ReflogModel

/// The end of a sentence that shows who made a change, such as `by Adele`, with a link to the page about the actor.
struct Attribution: Sendable {
  /// The text in front of the name, or the whole text if no actor is known.
  let start: String
  /// The name of the actor, or nil if no actor is known.
  let name: String?
  /// The path of the page about the actor, or nil if there is no such page.
  let path: String?

  /// The maximum length of the actor's name, in scalars. Only the page of the change shows the full name.
  private static let nameLength = 80

  /// Creates the attribution of a change.
  init(_ change: Change) {
    switch change.intent.kind {
    case .drift: (start, name, path) = ("without Reflog", nil, nil)
    case .baseline: (start, name, path) = ("first seen", nil, nil)
    case .update, .rollback:
      (start, name) = ("by ", change.shownActor.shortened(to: Self.nameLength))
      path = change.intent.actor.pagePath
    }
  }

  /// The attribution as a text without a link.
  var text: String { start + (name ?? "") }
}
