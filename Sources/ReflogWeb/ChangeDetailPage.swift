package import ReflogModel

/// The page of one change: the details of the change, and a part of the history of the step or the connector.
package struct ChangeDetailPage: Sendable {
  let change: ChangeView
  let facts: [Fact]
  /// The steps that called the connector when the change was made, or nil if no step called the connector.
  let impact: ConnectorImpact?
  /// True if the change did not create the connector, and no recorded step called the connector at that time.
  let isUncalled: Bool
  /// The id of the connector, or nil if the change is about a step.
  let connector: String?
  /// True if the change deleted the connector, and a step certainly or possibly called the connector at that time.
  let isDeletion: Bool
  /// The connector's properties that the change wrote.
  ///
  /// The list is empty if the change is about a step.
  let properties: [Property]
  let hasProperties: Bool
  /// This change, and the changes next to this change in the history of the step or the connector, newest first.
  let chain: [ChangeView]
  let hasChain: Bool
  let canRollBack: Bool
  /// True if the change can be rolled back, but the viewer may not roll back changes.
  let needsOperator: Bool
  /// The chain of applied rollbacks: the rollback of the change, the rollback of that rollback, and so on.
  let rollbacks: [RollbackLink]
  let hasRollbacks: Bool
  /// The flow and the time for the links to pages of flows, or nil if the change is not about a step.
  let location: Location?
  /// True while the result is not known.
  let isPending: Bool
  /// The freeze in force that covers the step, the connector, or a step that calls the connector. The value is nil if
  /// there is none.
  let freeze: FreezeView?
  /// The freezes that the viewer requested together with the change.
  let placed: [FreezeView]
  /// The earlier freezes that made another freeze of the same steps unnecessary.
  let earlier: [FreezeView]
  /// True if the viewer requested a freeze together with the change, but not every step is frozen.
  let notFrozen: Bool
  /// The text that names the step in the form that places a freeze.
  ///
  /// The value is nil if the viewer may place no freeze, if a freeze covers the step, or if the change is not about a
  /// step.
  let freezable: String?
  /// The values that the connector had before the edit, or nil if the change is not an applied edit of a connector.
  let restoration: Restoration?
  /// True if the viewer has just restored the earlier values of the connector, and this change wrote them.
  let isRestored: Bool
  /// The query of the timeline with `?` in front, or empty. Links to the timeline and to its changes contain it.
  let trail: String

  /// One row of the table with the details of the change.
  ///
  /// Exactly one of `value`, `moment` and `link` is set.
  struct Fact: Sendable {
    let name: String
    var value: String?
    var moment: Moment?
    var link: Link?
  }

  /// The flow that has the changed step, and the time of the newest entry of the change.
  struct Location: Sendable {
    let flow: String
    let moment: String
  }

  /// A link to a page of this server.
  struct Link: Sendable {
    let path: String
    let text: String
  }

  /// A connector's property that the change wrote.
  ///
  /// A secret or absent value is shown as `–`.
  struct Property: Sendable {
    let name: String
    let before: String
    let after: String
  }

  /// Creates the page of a change.
  ///
  /// - Parameters:
  ///   - context: the change that the page shows, with the rollbacks of the change and the steps that called the
  ///     changed connector.
  ///   - chain: this change, and the changes next to this change in the history of the step or the connector, newest
  ///     first.
  ///   - rollback: the newest rollback of this change that was applied, is pending, or has an unknown result. The value
  ///     is nil if there is no such rollback.
  ///   - tenantID: the id of the tenant that owns the directory.
  ///   - isSigned: true if a signed checkpoint covers the change.
  ///   - freezes: the freezes in force that cover the step, the connector or a step that calls the connector.
  ///   - placed: the freezes that the viewer requested together with the change.
  ///   - earlier: the earlier freezes that made another freeze of the same steps unnecessary.
  ///   - notFrozen: true if the viewer requested a freeze together with the change, but not every step is frozen.
  ///   - canFreeze: true if the viewer may place freezes.
  ///   - restoration: the values that the connector had before the edit, or nil if the change is not an applied edit of
  ///     a connector.
  ///   - isRestored: true if the viewer has just sent the form that restores the earlier values of a connector.
  ///   - canRollBack: true if the change can be rolled back and the viewer may roll back changes.
  ///   - needsOperator: true if the change can be rolled back and the viewer may not roll back changes.
  ///   - trail: the query of the timeline with `?` in front, or empty.
  package init(
    _ context: ChangeInContext,
    chain: [ChangeInContext],
    rollback: Change?,
    tenantID: String,
    isSigned: Bool,
    freezes: [CoveringFreeze] = [],
    placed: [Freeze] = [],
    earlier: [Freeze] = [],
    notFrozen: Bool = false,
    canFreeze: Bool = false,
    restoration: Restoration? = nil,
    isRestored: Bool = false,
    canRollBack: Bool,
    needsOperator: Bool = false,
    trail: String = ""
  ) {
    self.trail = trail
    let change = context.change
    self.change = ChangeView(context, isWhole: true)
    self.chain = chain.map { ChangeView($0, isCurrent: $0.change.id == change.id) }
    rollbacks = RollbackLink.all(context)
    hasRollbacks = !rollbacks.isEmpty
    self.canRollBack = canRollBack && !context.isRolledBack
    self.needsOperator = needsOperator && !context.isRolledBack
    impact = ConnectorImpact(context, most: ConnectorImpact.mostOnPage)
    isUncalled = context.calledBy?.isEmpty == true && change.intent.before != .none
    let isOfConnector = change.intent.subject == .connector
    connector = change.connectorID?.text
    isDeletion =
      isOfConnector && change.result == .applied && change.after == .none && context.calledBy?.isEmpty != true
    location = change.intent.subject.address.map { address in
      Location(
        flow: FlowName(of: address).description,
        moment: change.newestDateTime.description
      )
    }
    isPending = change.result == .pending
    freeze = FreezeView(freezes)
    self.placed = placed.map { FreezeView($0) }
    self.earlier = earlier.map { FreezeView($0) }
    self.notFrozen = notFrozen
    freezable = canFreeze && freezes.isEmpty ? change.intent.subject.address?.description : nil
    self.restoration = restoration
    self.isRestored = isRestored && isOfConnector && change.result == .applied
    properties = (change.intent.changedProperties ?? []).map {
      Property(name: $0.name, before: $0.before ?? "–", after: $0.after ?? "–")
    }
    hasProperties = !properties.isEmpty
    hasChain = chain.count > 1
    facts =
      Self.times(change) + Self.relations(change, rollback, trail: trail) + Self.override(change)
      + Self.erasures(change) + Self.texts(change, tenantID: tenantID, isSigned: isSigned)
  }

  private static func times(_ change: Change) -> [Fact] {
    let all = [
      ("Requested", change.activityDateTime), ("Settled", change.resultDateTime),
      ("Last verified", change.intent.lastVerifiedDateTime),
    ]
    return all.compactMap { name, time in time.map { Fact(name: name, moment: Moment($0)) } }
  }

  private static func relations(_ change: Change, _ rollback: Change?, trail: String) -> [Fact] {
    func link(_ name: String, _ id: Change.ID?) -> Fact? {
      id.map { Fact(name: name, link: Link(path: "/changes/\($0)\(trail)", text: "change \($0)")) }
    }
    let batch = change.intent.batchID.map {
      Fact(name: "Batch", link: Link(path: "/flows/rollback/\($0.percentEncoded())", text: $0))
    }
    let isAttempt = !change.mayHaveHappened
    let back = isAttempt ? "Was to roll back to" : "Rolls back to"
    return [
      link(isAttempt ? "Was to roll back" : "Rolls back", change.intent.rollbackOf),
      change.intent.rollbackTo.map { Fact(name: back, moment: Moment($0)) }, batch,
      link(rollback?.result == .applied ? "Rolled back by" : "Unsettled rollback", rollback?.id),
    ].compactMap(\.self)
  }

  /// Returns the details about the override of a freeze.
  private static func override(_ change: Change) -> [Fact] {
    guard let override = change.override else { return [] }
    let freezes = override.freezes.map(String.init).joined(separator: ", ")
    let path = "/integrity?behind=\(override.eventID + 1)#event-\(override.eventID)"
    return [
      Fact(name: "Overridden freeze", value: freezes),
      Fact(name: "Reason for the override", value: override.shownReason),
      Fact(name: "Override recorded by", link: Link(path: path, text: "service event \(override.eventID)")),
    ]
  }

  /// Returns the details about the erasures of the change's personal data.
  private static func erasures(_ change: Change) -> [Fact] {
    let all = [
      ("Erased by", change.erased), ("Statement erased by", change.outcome?.erased),
      ("Reason for the override erased by", change.override?.erased),
    ]
    return all.compactMap { name, erased in
      ErasureLink(erased).map { Fact(name: name, link: Link(path: $0.path, text: "service event \($0.event)")) }
    }
  }

  private static let signed = "matches the log entry; a signed checkpoint covers it"
  /// Each transaction signs a checkpoint that covers its entries. So this text is shown only if the ledger is damaged.
  private static let unsigned = "no signed checkpoint covers it; check the ledger with reflog verify"

  /// The name of the row in which the value is a link to the page about the actor.
  private static let actorName = "Actor"

  private static func texts(_ change: Change, tenantID: String, isSigned: Bool) -> [Fact] {
    let (intent, outcome) = (change.intent, change.outcome)
    let erased = change.erased.map { _ in Erased.placeholder }
    let erasedMessage = outcome?.erased.map { _ in Erased.placeholder }
    let all: [(String, String?)] = [
      ("Kind", intent.kind.rawValue),
      ("Settled by", outcome?.settledBy.rawValue),
      ("Result", change.result.shownName),
      ("HTTP status", outcome?.httpStatus.map(String.init)),
      ("Code", outcome?.code),
      ("Message", outcome?.message ?? erasedMessage),
      ("Reason", intent.reason ?? erased),
      (actorName, change.shownActor),
      ("User principal name", intent.actor.userPrincipalName ?? (intent.actor.type == .user ? erased : nil)),
      ("Actor id", intent.actor.id),
      ("Authenticated by", intent.actor.proof?.rawValue),
      ("Application", intent.actor.clientAppID),
      ("IP address", intent.actor.ipAddress ?? erased),
      ("Tenant", tenantID),
      ("Correlation id", intent.correlationID),
      ("Request id", intent.requestID),
      ("Graph request id", outcome?.graphRequestID),
      ("Log entry", String(change.sequence)),
      ("Integrity", isSigned ? Self.signed : Self.unsigned),
    ]
    return all.compactMap { name, value in
      guard let value else { return nil }
      guard name == actorName, let path = intent.actor.pagePath else { return Fact(name: name, value: value) }
      return Fact(name: name, link: Link(path: path, text: value))
    }
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Change \(change.id)", frame: frame, in: .timeline, page: self), "change")
  }
}
