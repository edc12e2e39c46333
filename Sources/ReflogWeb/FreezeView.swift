import ReflogModel

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
  /// The link to the event that erased the reason and the actor's personal data, or nil if no data was erased.
  let erased: ErasureLink?
  /// The shortened reason, for pages that contain many freezes.
  let note: String

  /// The warning that the scope is possibly misspelt, or nil if there is none.
  let warning: String?

  /// The maximum length, in scalars, of the shortened reason.
  private static let noteLength = 80

  /// Creates the view of a freeze that is in force.
  init(_ freeze: Freeze) { self.init(freeze, now: freeze.from) }

  /// Creates the view of a freeze.
  init(_ freeze: Freeze, now: Timestamp, warning: String? = nil) {
    self.warning = warning
    id = String(freeze.id)
    scope = freeze.scope == .everything ? "everything" : freeze.scope.description
    isPlanned = freeze.state(at: now) == .planned
    from = Moment(freeze.from)
    until = freeze.until.map(Moment.init)
    actor = freeze.actor.shownName(erased: freeze.erased)
    actorPath = freeze.actor.pagePath
    reason = freeze.shownReason
    erased = ErasureLink(freeze.erased)
    note = freeze.shownReason.shortened(to: Self.noteLength)
  }
}

/// The freezes that are in force, found by what they cover.
struct ShownFreezes {
  private let byScope: [FreezeScope: [Freeze]]

  /// Creates the lookup of freezes that are in force.
  init(_ freezes: [Freeze]) {
    byScope = Dictionary(grouping: freezes, by: \.scope)
  }

  /// Returns the freeze of exactly this scope that ends last, or nil if there is none.
  subscript(scope: FreezeScope) -> FreezeView? {
    byScope[scope]?.endingLast.map { FreezeView($0) }
  }
}
