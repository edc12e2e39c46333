package import ReflogModel

/// The page about one API connector: where it sends requests, which steps call it or called it, and its edits.
package struct ConnectorPage: Sendable {
  /// The name of the connector, or its id if the name is unknown.
  let name: String
  let id: String
  /// The state of the connector as a sentence.
  let state: State
  /// The host of the target URL, or nil if the URL is unknown.
  let host: String?
  /// The target URL without its query, or nil if the URL is unknown.
  let targetURL: String?
  /// How the connector authenticates, or nil if this is unknown.
  let authentication: String?
  /// The time of the newest read of the directory that showed the connector, or nil if no read showed it.
  let seen: Moment?
  /// The freeze that refuses edits of the connector now, or nil if there is none.
  let freeze: FreezeView?
  /// The steps that call the connector now.
  let callers: [Caller]
  let isCalled: Bool
  /// The pending changes that write the connector, or that set or replace it at a step, newest first.
  let pending: [ChangeView]
  let hasPending: Bool
  /// True if a sweep compared all recorded references with the directory. It is always true for the embedded directory.
  let isVerified: Bool
  /// A sentence with the number of callers that are left out, or nil if all are shown.
  let callersLeft: String?
  let edits: [ChangeView]
  /// The sentence that replaces the list of edits if this list is empty, otherwise nil.
  let noEdits: String?
  let hasEdits: Bool
  /// The query of the page with older edits, or nil if there are none.
  let olderEdits: String?
  /// Whether newer edits are on other pages.
  let isBehindEdits: Bool
  /// The periods in which steps called the connector, newest first.
  let calls: [Call]
  /// The sentence that replaces the list of periods if this list is empty, otherwise nil.
  let noCalls: String?
  let hasCalls: Bool
  /// The query of the page with earlier periods, or nil if there are none.
  let olderCalls: String?
  /// Whether later periods are on other pages.
  let isBehindCalls: Bool
  /// The query that selects the connector's changes in the timeline, with `?` in front, or empty.
  ///
  /// Links to changes contain this query.
  let trail: String
  /// The query of the list of connectors with `?` in front, or empty. The link back to the list contains it.
  let listTrail: String

  /// Whether the connector exists.
  struct State: Sendable {
    let text: String
    /// The id of the change that deleted the connector, or nil if the connector is not deleted.
    let change: String?
  }

  /// A step that calls the connector now.
  struct Caller: Sendable {
    let step: String
    let flow: String
    /// The flow's type and id, for example `b2cUserFlows/B2C_1_signup`.
    ///
    /// The value is nil if no change of the flow is recorded. Only a flow with a recorded change has a page.
    let flowName: String?
    /// The change that set the connector, or nil if no change of the step is recorded.
    let cause: Cause?
    /// True if the result of a change of the step is not known yet.
    let isUncertain: Bool
  }

  /// The change that set the connector at a step.
  struct Cause: Sendable {
    let since: Moment
    let change: String
    let attribution: Attribution
  }

  /// A period in which a step called the connector.
  struct Call: Sendable {
    let step: String
    let flow: String
    let flowName: String
    /// The start of the period. It is nil if the step already called the connector before the step's first recorded
    /// change.
    let from: Moment?
    /// The id of the change that began the period, or nil if the start is unknown.
    let change: String?
    let attribution: Attribution?
    /// The end of the period, or nil if the step still calls the connector.
    let until: Moment?
    /// The id of the change that ended the period, or nil if the step still calls the connector.
    let endedBy: String?
  }

  /// What the ledger knows about a connector.
  package struct Facts: Sendable {
    let id: ConnectorID
    let recorded: RecordedConnector?
    let targetURL: String?
    let newest: Change?
    let callers: [Change]
    let unrecorded: [ListedConnector.Caller]
    let callerCount: Int
    let pending: [ChangeInContext]
    let isVerified: Bool
    let freezes: [CoveringFreeze]

    /// Creates facts.
    ///
    /// - Parameters:
    ///   - id: the id of the connector.
    ///   - recorded: the state that the last read of the directory showed, or nil if no read showed the connector.
    ///   - targetURL: the target URL that the connector has now, or nil if it is unknown.
    ///   - newest: the newest applied change of the connector, or nil if there is none.
    ///   - callers: steps that call the connector now, each with the change that set the connector.
    ///   - unrecorded: other steps that call the connector now. No change of these steps is recorded.
    ///   - callerCount: the number of steps that call the connector now.
    ///   - pending: the newest pending changes that write the connector, or that set or replace it at a step.
    ///   - isVerified: whether a sweep compared all recorded references with the directory. It is always true for the
    ///     embedded directory.
    ///   - freezes: the freezes that refuse edits of the connector now.
    package init(
      _ id: ConnectorID,
      recorded: RecordedConnector?,
      targetURL: String?,
      newest: Change?,
      callers: [Change],
      unrecorded: [ListedConnector.Caller] = [],
      callerCount: Int,
      pending: [ChangeInContext],
      isVerified: Bool,
      freezes: [CoveringFreeze] = []
    ) {
      self.freezes = freezes
      (self.id, self.recorded, self.targetURL) = (id, recorded, targetURL)
      (self.newest, self.callers, self.callerCount) = (newest, callers, callerCount)
      (self.unrecorded, self.pending, self.isVerified) = (unrecorded, pending, isVerified)
    }
  }

  /// A part of a list, and the query of the page with the next part.
  package struct Part<Item: Sendable>: Sendable {
    let items: [Item]
    let older: String?
    let isNewest: Bool

    /// Creates a part. `older` is nil if this part is the last. `isNewest` is true if this part is the first.
    package init(_ items: [Item], older: String?, isNewest: Bool) {
      (self.items, self.older, self.isNewest) = (items, older, isNewest)
    }

    /// Returns the sentence that replaces the list if the list is empty, otherwise nil.
    ///
    /// - Parameter absence: the sentence if no item exists at all.
    fileprivate func note(_ absence: String) -> String? {
      guard items.isEmpty else { return nil }
      if older != nil { return "Not found in the newest changes." }
      return isNewest ? absence : "Nothing older is recorded."
    }
  }

  /// The maximum lengths of texts, in scalars.
  private static let (nameLength, urlLength) = (160, 400)

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - facts: what the ledger knows about the connector.
  ///   - edits: the changes of the connector, newest first.
  ///   - calls: the periods in which steps called the connector, newest first.
  ///   - trail: the query that selects the connector's changes in the timeline, with `?` in front, or empty.
  ///   - listTrail: the query of the list of connectors with `?` in front, or empty.
  package init(
    _ facts: Facts,
    edits: Part<ChangeInContext>,
    calls: Part<ConnectorCall>,
    trail: String = "",
    listTrail: String = ""
  ) {
    (self.trail, self.listTrail) = (trail, listTrail)
    let newest = facts.newest
    let ended = calls.items.compactMap(\.end?.intent.before)
    let references =
      [newest?.after, newest?.intent.before].compactMap(\.self)
      + (facts.callers + calls.items.compactMap(\.start)).map(\.after) + ended
    let known = references.first { $0.connectorID == facts.id && $0.displayName != nil }
    let isDeleted = newest.map { $0.after == .none } ?? false
    let changed = newest.flatMap { $0.sequence > facts.recorded?.entry ?? .max ? $0.after.displayName : nil }
    let recorded = changed ?? facts.recorded?.connector.displayName
    name = (recorded ?? known?.displayName ?? facts.id.text).shortened(to: Self.nameLength)
    id = facts.id.text
    state = State(isDeleted: isDeleted, newest: newest, isSeen: facts.recorded != nil)
    targetURL = facts.targetURL?.shortened(to: Self.urlLength)
    host = facts.targetURL.flatMap(Self.host)
    authentication = facts.recorded?.connector.authentication?.shortened(to: Self.urlLength)
    seen = facts.recorded.map { Moment($0.seen) }
    let uncertain = Set(facts.pending.compactMap(\.change.intent.subject.address))
    callers =
      facts.callers.compactMap { Caller($0, uncertain: uncertain) }
      + facts.unrecorded.map { Caller($0, uncertain: uncertain) }
    pending = facts.pending.map { ChangeView($0) }
    hasPending = !facts.pending.isEmpty
    isVerified = facts.isVerified
    freeze = FreezeView(facts.freezes)
    isCalled = facts.callerCount > 0
    let left = facts.callerCount - facts.callers.count - facts.unrecorded.count
    callersLeft = left > 0 ? "… and \(left.grouped) more \(left == 1 ? "step" : "steps")." : nil
    self.edits = edits.items.map { ChangeView($0) }
    noEdits = edits.note("No change of this connector is recorded.")
    hasEdits = !edits.items.isEmpty
    olderEdits = edits.older
    isBehindEdits = !edits.isNewest
    self.calls = calls.items.compactMap(Call.init)
    noCalls = calls.note("No recorded step called this connector.")
    hasCalls = !calls.items.isEmpty
    olderCalls = calls.older
    isBehindCalls = !calls.isNewest
  }

  /// Returns the host of a URL, or nil if the text is not a URL with a host.
  static func host(_ url: String) -> String? {
    urlHost(url)?.shortened(to: nameLength)
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    let framed = FramedPage(title: name.shortened(to: 80), frame: frame, in: .connectors, page: self)
    return WebPages.render(framed, "connector")
  }
}

extension ConnectorPage.State {
  fileprivate init(isDeleted: Bool, newest: Change?, isSeen: Bool) {
    if isDeleted {
      (text, change) = ("It was deleted", newest?.id.description)
    } else {
      text = isSeen ? "It exists in the directory" : "Unknown, because no read of the directory showed it"
      change = nil
    }
  }
}

extension ConnectorPage.Caller {
  fileprivate init?(_ change: Change, uncertain: Set<Address>) {
    guard let address = change.intent.subject.address else { return nil }
    isUncertain = uncertain.contains(address)
    step = address.step.name
    flow = address.flow.text
    flowName = FlowName(of: address).description
    cause = ConnectorPage.Cause(
      since: Moment(change.newestDateTime),
      change: change.id.description,
      attribution: Attribution(change)
    )
  }

  /// Creates a step for which no change is recorded.
  fileprivate init(_ caller: ListedConnector.Caller, uncertain: Set<Address>) {
    isUncertain = uncertain.contains(caller.address)
    step = caller.address.step.name
    flow = caller.address.flow.text
    flowName = caller.isRecorded ? FlowName(of: caller.address).description : nil
    cause = nil
  }
}

extension ConnectorPage.Call {
  fileprivate init?(_ call: ConnectorCall) {
    guard let address = (call.start ?? call.end)?.intent.subject.address else { return nil }
    step = address.step.name
    flow = address.flow.text
    flowName = FlowName(of: address).description
    from = call.start.map { Moment($0.newestDateTime) }
    change = call.start?.id.description
    attribution = call.start.map { Attribution($0) }
    until = call.end.map { Moment($0.newestDateTime) }
    endedBy = call.end?.id.description
  }
}
