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

  struct Fact: Sendable {
    let name: String
    let value: String
  }

  struct Property: Sendable {
    let name: String
    let before: String
    let after: String
  }

  /// - Parameters:
  ///   - chain: the changes of the same step around this one, newest first.
  ///   - isSigned: whether a signed checkpoint covers it.
  ///   - canRollBack: whether whoever looks at it may ask for that, and it makes sense.
  package init(_ change: Change, chain: [Change], isSigned: Bool, canRollBack: Bool) {
    self.change = ChangeView(change)
    self.chain = chain.map(ChangeView.init)
    self.canRollBack = canRollBack
    properties = (change.intent.changedProperties ?? []).map {
      Property(name: $0.name, before: $0.before ?? "–", after: $0.after ?? "–")
    }
    hasProperties = !properties.isEmpty
    hasChain = !chain.isEmpty
    facts = Self.facts(change, isSigned: isSigned)
  }

  private static func facts(_ change: Change, isSigned: Bool) -> [Fact] {
    let (intent, outcome) = (change.intent, change.outcome)
    let all: [(String, String?)] = [
      ("Asked", change.activityDateTime.description),
      ("Settled", change.resultDateTime?.description),
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
      ("Rolls back", intent.rollbackOf.map { "change \($0)" }),
      ("Rolls back to", intent.rollbackTo?.description),
      ("Batch", intent.batchID),
      ("Last verified", intent.lastVerifiedDateTime?.description),
      ("Correlation id", intent.correlationID),
      ("Request id", intent.requestID),
      ("Graph's request id", outcome?.graphRequestID),
      ("Entry of the log", String(change.sequence)),
      ("In the log", isSigned ? "its row is what was logged, and a signed checkpoint covers it" : "not signed yet"),
    ]
    return all.compactMap { name, value in value.map { Fact(name: name, value: $0) } }
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Change \(change.id)", frame: frame, page: self), "change")
  }
}
