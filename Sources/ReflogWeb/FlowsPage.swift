package import ReflogModel

/// The board of all flows: what each step calls now, or what it called at a time and how that differs from now.
package struct FlowsPage: Sendable {
  let steps: [String]
  let flows: [Flow]
  let isEmpty: Bool
  /// The time as a `datetime-local` input takes it; the text as it was typed if it is not a time; empty for now.
  let asOf: String
  /// The time that the board shows, or nil for now.
  let moment: Moment?
  /// How the board differs from now, as a sentence; nil if it shows now.
  let comparison: String?
  let canRollBack: Bool
  /// True if other pages have more flows.
  let isPart: Bool
  /// What is wrong with the time, or nil if it is valid.
  let problem: String?

  /// The part of a flow's id that the viewer searched for; empty for all flows.
  let search: String
  let isSearch: Bool
  /// The query, with its `?`, of the same flows now; empty for all flows.
  let nowQuery: String
  /// The query of the next page, or nil if this is the last one.
  let next: String?

  /// A row of the board.
  struct Flow: Sendable {
    let flow: String
    let flowType: String
    let cells: [Cell]
    /// True if the flow differs from now and the viewer may roll it back to the time.
    let canRollBack: Bool
  }

  /// What the viewer asked for.
  package struct Question: Sendable {
    /// The time as it was typed; empty for now.
    package var asOf = ""
    /// The time that this means, or nil for now.
    package var moment: Timestamp?
    /// The part of a flow's id that the viewer searched for; empty for all flows.
    package var search = ""
    /// True if earlier pages have more flows.
    package var isBehindOthers = false
    /// What is wrong with the time, or nil if it is valid.
    package var problem: String?

    /// Makes a question about all flows now.
    package init() {}
  }

  /// A step of a flow.
  struct Cell: Sendable {
    let step: String
    /// The reference and its change, or nil if the reference is unknown.
    let known: Known?
    let isDifferent: Bool
    /// The current reference, or nil if it is the same.
    let now: ReferenceView?
  }

  /// A reference that Reflog knows, and the change that set it.
  struct Known: Sendable {
    let reference: ReferenceView
    let change: String
    /// Who set the reference, as the end of a sentence.
    let attribution: String
    let since: Moment
    let isDrift: Bool
    /// True if a change was pending at the time.
    let isUncertain: Bool
    /// The change that is pending now, or nil if there is none.
    let pending: String?
    let targetURL: String?
  }

  /// Makes the board.
  ///
  /// - Parameters:
  ///   - then: what every address held at the time, or holds now.
  ///   - now: what every address holds now, or nil if `then` is that.
  ///   - pending: the changes that are pending now, by address.
  ///   - question: what the viewer asked for.
  ///   - next: the query of the next page, or nil if this is the last one.
  ///   - canRollBack: true if the viewer may roll back.
  package init(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    pending: [Address: Change.ID],
    question: Question,
    next: String?,
    canRollBack: Bool
  ) {
    let current = Dictionary((now ?? []).map { ($0.address, $0.reference) }) { first, _ in first }
    let held = Dictionary(then.map { ($0.address, $0) }) { first, _ in first }
    let addresses = (then + (now ?? [])).map(\.address)
    let steps = Set(addresses.map(\.step)).sorted { $0.name < $1.name }
    let flows = Set(addresses.map { FlowName(of: $0) }).sorted()
    var counts = Comparison()
    self.flows = flows.map { flow in
      let cells = steps.map { step in
        let address = Address(flowType: flow.flowType, flow: flow.flow, step: step)
        let (configuration, reference) = (held[address], current[address])
        // An unknown reference can't be compared with now or be rolled back to.
        let then = configuration?.reference ?? .unknown
        let isDifferent = now != nil && reference != nil && then != .unknown && then != reference
        if reference != nil { counts.count(isKnown: then != .unknown, isDifferent: isDifferent) }
        return Cell(
          step: step.name,
          known: configuration.flatMap { Known($0, pending: pending[address]) },
          isDifferent: isDifferent,
          now: isDifferent ? reference.map { ReferenceView($0) } : nil
        )
      }
      return Flow(
        flow: flow.flow.text,
        flowType: flow.flowType.rawValue,
        cells: cells,
        canRollBack: canRollBack && cells.contains(where: \.isDifferent)
      )
    }
    self.steps = steps.map(\.name)
    isEmpty = flows.isEmpty
    asOf = question.moment.map(Self.local) ?? question.asOf
    moment = question.moment.map(Moment.init)
    search = question.search
    isSearch = !search.isEmpty
    nowQuery = isSearch ? "?flow=\(search.percentEncoded())" : ""
    self.next = next
    isPart = next != nil || question.isBehindOthers
    comparison = now == nil || isEmpty ? nil : counts.sentence(isPart: isPart)
    // The rollback is of all flows, so it is not offered below the result of a search.
    self.canRollBack = canRollBack && !isSearch && (counts.different > 0 || isPart)
    problem = question.problem
  }

  /// Returns a time in milliseconds, rounded up, so that a change made at the time itself is included.
  private static func local(_ moment: Timestamp) -> String {
    let milliseconds = (moment.microseconds + 999) / 1000
    return String(Timestamp(microseconds: milliseconds * 1000).description.prefix(23)).replacing("Z", with: "")
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Flows", frame: frame, in: .flows, page: self), "flows")
  }
}

extension FlowsPage.Known {
  /// The length to which a target URL is shortened, in scalars.
  private static let urlLength = 120

  /// Returns nil if the reference is unknown.
  fileprivate init?(_ configuration: ConnectorConfiguration, pending: Change.ID?) {
    guard let change = configuration.change else { return nil }
    reference = ReferenceView(change.after)
    self.change = change.id.description
    attribution = change.attribution
    since = Moment(change.resultDateTime ?? change.activityDateTime)
    isDrift = change.intent.kind == .drift
    isUncertain = !configuration.isCertain
    self.pending = configuration.isCertain ? nil : pending?.description
    targetURL = configuration.targetURL?.shortened(to: Self.urlLength)
  }
}

/// Counts how many of the known steps called something else at a time than they call now.
private struct Comparison {
  private(set) var (known, unknown, different) = (0, 0, 0)

  mutating func count(isKnown: Bool, isDifferent: Bool) {
    if isKnown { known += 1 } else { unknown += 1 }
    if isDifferent { different += 1 }
  }

  /// Returns the result as a sentence.
  ///
  /// - Parameter isPart: true if the page is one of several.
  func sentence(isPart: Bool) -> String {
    let page = isPart ? " on this page" : ""
    return switch (different, known) {
    case (1, _): "1 step\(page) calls something else now."
    case (2..., _): "\(different) steps\(page) call something else now."
    case (_, 0): "It is unknown what the steps\(page) called then."
    default: unknown > 0 ? "All steps\(page) that are known call the same now." : "All steps\(page) call the same now."
    }
  }
}
