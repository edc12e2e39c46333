package import ReflogModel

/// The board: what each step of each flow calls now, or called at a time and how that differs from now.
package struct FlowsPage: Sendable {
  let steps: [String]
  let flows: [Flow]
  let isEmpty: Bool
  /// As it was typed; empty for now.
  let asOf: String
  /// The time that is shown; nothing for now.
  let moment: String?
  let differences: Int
  let hasDifferences: Bool
  let canRollBack: Bool
  let problem: String?

  struct Flow: Sendable {
    let flow: String
    let flowType: String
    let cells: [Cell]
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
  ///   - moment: the time; nothing for now.
  package init(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    asOf: String,
    moment: Timestamp?,
    canRollBack: Bool,
    problem: String?
  ) {
    let standing = Dictionary((now ?? []).map { ($0.address, $0.change?.after ?? .unknown) }) { first, _ in first }
    let held = Dictionary(then.map { ($0.address, $0) }) { first, _ in first }
    let addresses = (then + (now ?? [])).map(\.address)
    let steps = Set(addresses.map(\.step)).sorted { $0.name < $1.name }
    let flows = Set(addresses.map { FlowKey($0) }).sorted()
    var differences = 0
    self.flows = flows.map { flow in
      Flow(
        flow: flow.flow.text,
        flowType: flow.flowType.rawValue,
        cells: steps.map { step in
          let address = Address(flowType: flow.flowType, flow: flow.flow, step: step)
          let (configuration, current) = (held[address], standing[address])
          let isDifferent = now != nil && current != nil && (configuration?.change?.after ?? .unknown) != current
          if isDifferent { differences += 1 }
          return Cell(
            step: step.name,
            known: configuration.flatMap(Known.init),
            isDifferent: isDifferent,
            now: isDifferent ? current.map(ReferenceView.init) : nil
          )
        }
      )
    }
    self.steps = steps.map(\.name)
    isEmpty = flows.isEmpty
    self.asOf = asOf
    self.moment = moment?.description
    self.differences = differences
    hasDifferences = differences > 0
    self.canRollBack = canRollBack && differences > 0
    self.problem = problem
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Flows", frame: frame, page: self), "flows")
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

/// A flow, in the order in which flows are listed.
private struct FlowKey: Hashable, Comparable {
  let flowType: FlowType
  let flow: FlowID

  init(_ address: Address) {
    (flowType, flow) = (address.flowType, address.flow)
  }

  static func < (left: FlowKey, right: FlowKey) -> Bool {
    (left.flowType.rawValue, left.flow.text) < (right.flowType.rawValue, right.flow.text)
  }
}
