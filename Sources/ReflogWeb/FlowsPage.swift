package import ReflogModel

/// The board: what each step of each flow calls now, or called at a time and how that differs from now.
package struct FlowsPage: Sendable {
  let steps: [String]
  let flows: [Flow]
  let isEmpty: Bool
  /// As a browser's field for times takes it, or as it was typed where it is none; empty for now.
  let asOf: String
  /// The time that is shown; nothing for now.
  let moment: Moment?
  /// How what is shown differs from now, as a sentence.
  let comparison: String?
  let canRollBack: Bool
  /// Whether there are flows on other pages.
  let isPart: Bool
  let problem: String?

  /// What flows are looked for by; empty for all.
  let search: String
  let isSearch: Bool
  /// The query of the same flows as they are now.
  let nowQuery: String
  /// The query of the next page of flows; nothing where this is the last.
  let next: String?

  struct Flow: Sendable {
    let flow: String
    let flowType: String
    let cells: [Cell]
    /// Whether a time is shown at which it differed from now, and who looks at it may bring it back.
    let canRollBack: Bool
  }

  /// What is asked for: as it was typed, and what that means.
  package struct Question: Sendable {
    package var asOf = ""
    /// Nothing for now.
    package var moment: Timestamp?
    package var search = ""
    /// Whether there are flows before those that are shown.
    package var isBehindOthers = false
    package var problem: String?

    package init() {}
  }

  struct Cell: Sendable {
    let step: String
    let known: Known?
    let isDifferent: Bool
    /// What stands now, where that is something else.
    let now: ReferenceView?
  }

  struct Known: Sendable {
    let reference: ReferenceView
    let change: String
    let byWhom: String
    let since: Moment
    let isDrift: Bool
    let isUncertain: Bool
    /// The change that is under way there now.
    let pending: String?
    let targetURL: String?
  }

  /// - Parameters:
  ///   - then: what every address held at the time, or holds now.
  ///   - now: what they hold now; nothing where that is what is shown.
  ///   - pending: the changes that are under way now, by where.
  ///   - next: the query of the next page of flows.
  package init(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    pending: [Address: Change.ID],
    question: Question,
    next: String?,
    canRollBack: Bool
  ) {
    let standing = Dictionary((now ?? []).map { ($0.address, $0.reference) }) { first, _ in first }
    let held = Dictionary(then.map { ($0.address, $0) }) { first, _ in first }
    let addresses = (then + (now ?? [])).map(\.address)
    let steps = Set(addresses.map(\.step)).sorted { $0.name < $1.name }
    let flows = Set(addresses.map { FlowName(of: $0) }).sorted()
    var counts = Comparison()
    self.flows = flows.map { flow in
      let cells = steps.map { step in
        let address = Address(flowType: flow.flowType, flow: flow.flow, step: step)
        let (configuration, current) = (held[address], standing[address])
        // Where nobody knows what stood there then, nothing can be said, or brought back.
        let then = configuration?.reference ?? .unknown
        let isDifferent = now != nil && current != nil && then != .unknown && then != current
        if current != nil { counts.count(isKnown: then != .unknown, isDifferent: isDifferent) }
        return Cell(
          step: step.name,
          known: configuration.flatMap { Known($0, pending: pending[address]) },
          isDifferent: isDifferent,
          now: isDifferent ? current.map { ReferenceView($0) } : nil
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
    // It is all flows that it speaks of: not those that were looked for.
    self.canRollBack = canRollBack && !isSearch && (counts.different > 0 || isPart)
    problem = question.problem
  }

  /// To milliseconds, later rather than earlier, so that what happened at the moment has happened.
  private static func local(_ moment: Timestamp) -> String {
    let milliseconds = (moment.microseconds + 999) / 1000
    return String(Timestamp(microseconds: milliseconds * 1000).description.prefix(23)).replacing("Z", with: "")
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Flows", frame: frame, in: .flows, page: self), "flows")
  }
}

extension FlowsPage.Known {
  /// More of a URL than this is where the connector is.
  private static let urlLength = 120

  fileprivate init?(_ configuration: ConnectorConfiguration, pending: Change.ID?) {
    guard let change = configuration.change else { return nil }
    reference = ReferenceView(change.after)
    self.change = change.id.description
    byWhom = change.byWhom
    since = Moment(change.resultDateTime ?? change.activityDateTime)
    isDrift = change.intent.kind == .drift
    isUncertain = !configuration.isCertain
    self.pending = configuration.isCertain ? nil : pending?.description
    targetURL = configuration.targetURL?.shortened(to: Self.urlLength)
  }
}

/// How many of the steps that are known now called something else at a time.
private struct Comparison {
  private(set) var (known, unknown, different) = (0, 0, 0)

  mutating func count(isKnown: Bool, isDifferent: Bool) {
    if isKnown { known += 1 } else { unknown += 1 }
    if isDifferent { different += 1 }
  }

  /// - Parameter isPart: whether the page is one of several.
  func sentence(isPart: Bool) -> String {
    let place = isPart ? " on this page" : ""
    return switch (different, known) {
    case (1, _): "1 of them\(place) calls something else now."
    case (2..., _): "\(different) of them\(place) call something else now."
    case (_, 0): "Of none of them\(place) is known what it called then."
    default: "All of them\(place)\(unknown > 0 ? " of which that is known" : "") call the same now."
    }
  }
}
