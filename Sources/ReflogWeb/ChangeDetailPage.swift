package import ReflogModel

/// Everything about a change, and what came before and after it at its step.
package struct ChangeDetailPage: Sendable {
  let change: ChangeView
  let facts: [Fact]
  let properties: [Property]
  let hasProperties: Bool
  let chain: [ChangeView]
  let hasChain: Bool
  let canRollBack: Bool
  /// The change that took it back; nothing where none did.
  let rolledBackBy: String?
  /// The flow of its step, and the board when it was settled; nothing where it is about no step.
  let place: Location?
  /// Whether nobody knows yet what became of it.
  let isPending: Bool

  struct Fact: Sendable {
    let name: String
    var value: String?
    var moment: Moment?
    var link: Link?
  }

  struct Location: Sendable {
    let flow: String
    let moment: String
  }

  struct Link: Sendable {
    let path: String
    let text: String
  }

  struct Property: Sendable {
    let name: String
    let before: String
    let after: String
  }

  /// - Parameters:
  ///   - chain: the changes of the same step around this one, newest first, itself among them.
  ///   - rollback: the change that took it back, if one did.
  ///   - tenantID: whose directory it is about.
  ///   - isSigned: whether a signed checkpoint covers it.
  ///   - canRollBack: whether whoever looks at it may ask for that, and it makes sense.
  package init(
    _ change: Change,
    chain: [Change],
    rollback: Change?,
    tenantID: String,
    isSigned: Bool,
    canRollBack: Bool
  ) {
    self.change = ChangeView(change, isWhole: true)
    self.chain = chain.map { ChangeView($0, isCurrent: $0.id == change.id) }
    rolledBackBy = rollback.flatMap { $0.result == .applied ? $0.id.description : nil }
    self.canRollBack = canRollBack && rolledBackBy == nil
    place = change.intent.subject.address.map { address in
      Location(
        flow: FlowName(of: address).description,
        moment: (change.resultDateTime ?? change.activityDateTime).description
      )
    }
    isPending = change.result == .pending
    properties = (change.intent.changedProperties ?? []).map {
      Property(name: $0.name, before: $0.before ?? "–", after: $0.after ?? "–")
    }
    hasProperties = !properties.isEmpty
    hasChain = chain.count > 1
    facts =
      Self.times(change) + Self.relations(change, rollback)
      + Self.texts(change, tenantID: tenantID, isSigned: isSigned)
  }

  private static func times(_ change: Change) -> [Fact] {
    let all = [
      ("Asked", change.activityDateTime), ("Settled", change.resultDateTime),
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
      link(rollback?.result == .applied ? "Rolled back by" : "May be rolled back by", rollback?.id),
    ].compactMap(\.self)
  }

  private static func texts(_ change: Change, tenantID: String, isSigned: Bool) -> [Fact] {
    let (intent, outcome) = (change.intent, change.outcome)
    let all: [(String, String?)] = [
      ("Kind", intent.kind.rawValue),
      ("Settled by", outcome?.settledBy.rawValue),
      ("Result", change.result.shownName),
      ("Status", outcome?.httpStatus.map(String.init)),
      ("Code", outcome?.code),
      ("Message", outcome?.message),
      ("Reason", intent.reason),
      ("By", intent.actor.shownName),
      ("User principal name", intent.actor.userPrincipalName),
      ("Id of who did it", intent.actor.id),
      ("Proven by", intent.actor.proof?.rawValue),
      ("Application", intent.actor.clientAppID),
      ("IP address", intent.actor.ipAddress),
      ("Tenant", tenantID),
      ("Correlation id", intent.correlationID),
      ("Request id", intent.requestID),
      ("Graph's request id", outcome?.graphRequestID),
      ("Entry of the log", String(change.sequence)),
      ("In the log", isSigned ? "its row is what was logged, and a signed checkpoint covers it" : "not signed yet"),
    ]
    return all.compactMap { name, value in value.map { Fact(name: name, value: $0) } }
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Change \(change.id)", frame: frame, in: .timeline, page: self), "change")
  }
}
