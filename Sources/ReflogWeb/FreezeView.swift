import ReflogModel

/// A freeze in the form that pages show.
struct FreezeView: Sendable {
  let id: String
  let scope: String
  /// The scope as the first word of a sentence.
  let subject: String
  /// The parts of ``subject``. A line can break between the parts.
  let subjectParts: [String]
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
  /// The frozen step that calls the connector of the page, or nil if the freeze covers the subject of the page itself.
  let caller: Caller?
  /// A text with the number of other freezes that cover the same subject, or nil if there are none.
  let others: String?
  /// The warning that the scope is possibly misspelt, or nil if there is none.
  let warning: String?

  /// A frozen step that calls a connector.
  struct Caller: Sendable {
    let step: String
    let flow: String
  }

  /// The maximum length, in scalars, of the shortened reason.
  private static let noteLength = 80

  /// Creates the view of a freeze that is in force.
  init(_ freeze: Freeze) { self.init(freeze, now: freeze.from) }

  /// Creates the view of the freeze that ends last, or returns nil if the list is empty.
  ///
  /// All freezes in the list must be in force.
  init?(_ freezes: [CoveringFreeze]) {
    guard let last = freezes.endingLast else { return nil }
    self.init(last.freeze, now: last.freeze.from, caller: last.caller, otherCount: freezes.count - 1)
  }

  /// Creates the view of a freeze.
  init(_ freeze: Freeze, now: Timestamp, caller: Address? = nil, otherCount: Int = 0, warning: String? = nil) {
    self.caller = caller.map { Caller(step: $0.step.name, flow: $0.flow.text) }
    others =
      switch otherCount {
      case 0: nil
      case 1: "and 1 more freeze"
      default: "and \(otherCount) more freezes"
      }
    self.warning = warning
    id = String(freeze.id)
    scope = freeze.scope == .everything ? "everything" : freeze.scope.description
    subject = freeze.scope == .everything ? "Everything" : scope
    let parts = subject.split(separator: "/", omittingEmptySubsequences: false)
    subjectParts = parts.dropLast().map { "\($0)/" } + parts.suffix(1).map(String.init)
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

/// The freezes that are in force, grouped by scope.
struct ShownFreezes {
  private let byScope: [FreezeScope: [Freeze]]

  /// Groups the freezes that are in force by their scope.
  init(_ freezes: [Freeze]) {
    byScope = Dictionary(grouping: freezes, by: \.scope)
  }

  /// Returns the freeze with exactly this scope, or nil if there is none. If there are several, returns the freeze that
  /// ends last.
  subscript(scope: FreezeScope) -> FreezeView? {
    byScope[scope].flatMap { freezes in FreezeView(freezes.map { CoveringFreeze($0) }) }
  }
}
