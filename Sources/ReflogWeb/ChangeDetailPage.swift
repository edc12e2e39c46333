package import ReflogModel

/// The page of one change: all its facts, and the earlier and later changes of the same step.
package struct ChangeDetailPage: Sendable {
  let change: ChangeView
  let facts: [Fact]
  /// The steps that called the connector when the change was made, or nil if there are none.
  let impact: ConnectorImpact?
  /// True if no recorded step called the connector when the change was made.
  let isUncalled: Bool
  /// The id of the connector, or nil if the change is about a step.
  let connector: String?
  /// The connector's properties that the change wrote, or empty if the change is about a step.
  let properties: [Property]
  let hasProperties: Bool
  /// This change, and the step's or the connector's changes directly earlier and later than this change, newest first.
  let chain: [ChangeView]
  let hasChain: Bool
  let canRollBack: Bool
  /// The applied rollbacks of the change, of that rollback, and so on.
  let rollbacks: [RollbackLink]
  let hasRollbacks: Bool
  /// The flow and the time that the page links to, or nil if the change is not about a step.
  let location: Location?
  /// True while the result is not known.
  let isPending: Bool
  /// True if the viewer asked to freeze the step after the rollback, and this failed.
  let notFrozen: Bool

  /// One row of the table of facts. Exactly one of `value`, `moment` and `link` is set.
  struct Fact: Sendable {
    let name: String
    var value: String?
    var moment: Moment?
    var link: Link?
  }

  /// The flow that has the changed step, and the time at which the change got its result.
  struct Location: Sendable {
    let flow: String
    let moment: String
  }

  /// A link to a page of this server.
  struct Link: Sendable {
    let path: String
    let text: String
  }

  /// A connector's property that the change wrote. A secret or absent value is shown as `–`.
  struct Property: Sendable {
    let name: String
    let before: String
    let after: String
  }

  /// Creates the page of a change.
  ///
  /// - Parameters:
  ///   - context: the change that the page shows, with its rollbacks and the steps that called its connector.
  ///   - chain: this change, and the changes of the step or the connector directly earlier and later than this change;
  ///     newest first.
  ///   - rollback: the newest rollback of this change whose result is applied, pending or unknown, or nil if there is
  ///     none.
  ///   - tenantID: the id of the tenant that owns the directory.
  ///   - isSigned: true if a signed checkpoint covers the change.
  ///   - notFrozen: true if the viewer asked to freeze the step after the rollback, and this failed.
  ///   - canRollBack: true if the change can be rolled back and the viewer may roll back changes.
  package init(
    _ context: ChangeInContext,
    chain: [ChangeInContext],
    rollback: Change?,
    tenantID: String,
    isSigned: Bool,
    notFrozen: Bool = false,
    canRollBack: Bool
  ) {
    let change = context.change
    self.change = ChangeView(context, isWhole: true)
    self.chain = chain.map { ChangeView($0, isCurrent: $0.change.id == change.id) }
    rollbacks = RollbackLink.all(context)
    hasRollbacks = !rollbacks.isEmpty
    self.canRollBack = canRollBack && !context.isRolledBack
    impact = ConnectorImpact(context, most: ConnectorImpact.mostOnPage)
    isUncalled = context.calledBy?.isEmpty == true && change.intent.before != .none
    let isOfConnector = change.intent.subject == .connector
    connector = isOfConnector ? (change.intent.before.connectorID ?? change.after.connectorID)?.text : nil
    location = change.intent.subject.address.map { address in
      Location(
        flow: FlowName(of: address).description,
        moment: (change.resultDateTime ?? change.activityDateTime).description
      )
    }
    isPending = change.result == .pending
    self.notFrozen = notFrozen
    properties = (change.intent.changedProperties ?? []).map {
      Property(name: $0.name, before: $0.before ?? "–", after: $0.after ?? "–")
    }
    hasProperties = !properties.isEmpty
    hasChain = chain.count > 1
    facts =
      Self.times(change) + Self.relations(change, rollback) + Self.override(change) + Self.erasures(change)
      + Self.texts(change, tenantID: tenantID, isSigned: isSigned)
  }

  private static func times(_ change: Change) -> [Fact] {
    let all = [
      ("Requested", change.activityDateTime), ("Settled", change.resultDateTime),
      ("Last verified", change.intent.lastVerifiedDateTime),
    ]
    return all.compactMap { name, time in time.map { Fact(name: name, moment: Moment($0)) } }
  }

  private static func relations(_ change: Change, _ rollback: Change?) -> [Fact] {
    func link(_ name: String, _ id: Change.ID?) -> Fact? {
      id.map { Fact(name: name, link: Link(path: "/changes/\($0)", text: "change \($0)")) }
    }
    let batch = change.intent.batchID.map {
      Fact(name: "Batch", link: Link(path: "/flows/rollback/\($0.percentEncoded())", text: $0))
    }
    return [
      link("Rolls back", change.intent.rollbackOf),
      change.intent.rollbackTo.map { Fact(name: "Rolls back to", moment: Moment($0)) }, batch,
      link(rollback?.result == .applied ? "Rolled back by" : "Unsettled rollback", rollback?.id),
    ].compactMap(\.self)
  }

  /// Returns the facts about the override of a freeze.
  private static func override(_ change: Change) -> [Fact] {
    guard let override = change.override else { return [] }
    let freezes = override.freezes.map(String.init).joined(separator: ", ")
    let path = "/integrity?behind=\(override.eventID + 1)#event-\(override.eventID)"
    return [
      Fact(name: "Overridden freeze", value: freezes), Fact(name: "Reason for the override", value: override.reason),
      Fact(name: "Override recorded by", link: Link(path: path, text: "service event \(override.eventID)")),
    ]
  }

  /// Returns the facts about the erasures of the change's personal data.
  private static func erasures(_ change: Change) -> [Fact] {
    let all = [("Erased by", change.erased), ("Statement erased by", change.outcome?.erased)]
    return all.compactMap { name, erased in
      ErasureLink(erased).map { Fact(name: name, link: Link(path: $0.path, text: "service event \($0.event)")) }
    }
  }

  /// The name of the fact that links to the page about the actor.
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
      ("Integrity", isSigned ? "matches the log entry; a signed checkpoint covers it" : "not signed yet"),
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
