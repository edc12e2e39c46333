package import ReflogModel

/// The page that lists the freezes that are planned or in force.
package struct FreezesPage: Sendable {
  let freezes: [FreezeView]
  /// Whether the viewer may release freezes.
  let canRelease: Bool

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - freezes: the freezes that are planned or in force.
  ///   - now: the current time.
  ///   - canRelease: whether the viewer may release freezes.
  package init(_ freezes: [Freeze], now: Timestamp, canRelease: Bool) {
    self.freezes = freezes.reversed().map { FreezeView($0, now: now) }
    self.canRelease = canRelease
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Freezes", frame: frame, in: .freezes, page: self), "freezes")
  }
}

/// A freeze in the form that pages show.
struct FreezeView: Sendable {
  let id: String
  let scope: String
  let isPlanned: Bool
  let from: Moment
  /// The end of the freeze, or nil if the freeze ends only when a person releases the freeze.
  let until: Moment?
  let actor: String
  /// The path of the page about the actor, or nil if there is no such page.
  let actorPath: String?
  let reason: String

  /// Creates the view of a freeze.
  init(_ freeze: Freeze, now: Timestamp) {
    id = String(freeze.id)
    scope = freeze.scope == .everything ? "everything" : freeze.scope.description
    isPlanned = freeze.state(at: now) == .planned
    from = Moment(freeze.from)
    until = freeze.until.map(Moment.init)
    actor = freeze.actor.shownName
    actorPath = freeze.actor.pagePath
    reason = freeze.reason
  }
}
