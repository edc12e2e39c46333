package import ReflogModel

/// The board: what each step of each flow calls now, or called at a time and how that differs from now.
package struct FlowsPage: Sendable {
  let steps: [String]
  let flows: [Flow]
  let isEmpty: Bool
  /// As a browser's field for times takes it, or as it was typed where it is none; empty for now.
  let asOf: String
  /// The time that is shown; nothing for now.
  let moment: String?
  let differences: Int
  let hasDifferences: Bool
  /// Whether nobody knows what some of those that are known now called then.
  let hasUnknown: Bool
  let canRollBack: Bool
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
    let actor: String
    let since: Moment
    let isDrift: Bool
    let isUncertain: Bool
    let targetURL: String?
  }

  /// - Parameters:
  ///   - then: what every address held at the time, or holds now.
  ///   - now: what they hold now; nothing where that is what is shown.
  ///   - next: the query of the next page of flows.
  package init(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    question: Question,
    next: String?,
    canRollBack: Bool
  ) {
    let standing = Dictionary((now ?? []).map { ($0.address, $0.change?.after ?? .unknown) }) { first, _ in first }
    let held = Dictionary(then.map { ($0.address, $0) }) { first, _ in first }
    let addresses = (then + (now ?? [])).map(\.address)
    let steps = Set(addresses.map(\.step)).sorted { $0.name < $1.name }
    let flows = Set(addresses.map { FlowName(of: $0) }).sorted()
    var (differences, hasUnknown) = (0, false)
    self.flows = flows.map { flow in
      let cells = steps.map { step in
        let address = Address(flowType: flow.flowType, flow: flow.flow, step: step)
        let (configuration, current) = (held[address], standing[address])
        // Where nobody knows what stood there then, nothing can be said, or brought back.
        let then = configuration?.change?.after ?? .unknown
        if now != nil, current != nil, then == .unknown { hasUnknown = true }
        let isDifferent = now != nil && current != nil && then != .unknown && then != current
        return Cell(
          step: step.name,
          known: configuration.flatMap(Known.init),
          isDifferent: isDifferent,
          now: isDifferent ? current.map { ReferenceView($0) } : nil
        )
      }
      let different = cells.count(where: \.isDifferent)
      differences += different
      return Flow(
        flow: flow.flow.text,
        flowType: flow.flowType.rawValue,
        cells: cells,
        canRollBack: canRollBack && different > 0
      )
    }
    self.steps = steps.map(\.name)
    isEmpty = flows.isEmpty
    asOf = question.moment.map(Self.local) ?? question.asOf
    moment = question.moment?.description
    search = question.search
    isSearch = !search.isEmpty
    nowQuery = isSearch ? "?flow=\(search.percentEncoded())" : ""
    self.next = next
    self.differences = differences
    hasDifferences = differences > 0
    self.hasUnknown = hasUnknown
    // It is all flows that it speaks of: not those that were looked for.
    self.canRollBack = canRollBack && !isSearch && (differences > 0 || next != nil)
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
  fileprivate init?(_ configuration: ConnectorConfiguration) {
    guard let change = configuration.change else { return nil }
    reference = ReferenceView(change.after)
    self.change = change.id.description
    actor = change.intent.actor.shownName
    since = Moment(change.resultDateTime ?? change.activityDateTime)
    isDrift = change.intent.kind == .drift
    isUncertain = !configuration.isCertain
    targetURL = configuration.targetURL
  }
}
