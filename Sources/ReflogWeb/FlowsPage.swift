package import ReflogModel

/// The board of all flows: the reference of each step now or at an earlier time.
///
/// A board for an earlier time also shows the steps that have a different reference now.
package struct FlowsPage: Sendable {
  let steps: [String]
  let flows: [Flow]
  let isEmpty: Bool
  /// True if a cell has no known reference.
  let hasUnknown: Bool
  /// The form's field for the time. It is empty if the board shows the current references.
  ///
  /// An invalid text is shown again unchanged.
  let asOf: TimeField
  /// The form's field for the time to compare with `asOf`. The field is empty.
  let compareWith: TimeField
  /// The freeze in force that covers everything, or nil if there is none.
  let freeze: FreezeView?
  /// The time that the board shows, or nil if the board shows the current references.
  let moment: Moment?
  /// A sentence about the difference from the current references, or nil if the board shows the current references.
  let comparison: String?
  let canRollBack: Bool
  /// True if the board continues on other pages.
  let isPart: Bool
  /// The message about an invalid value.
  ///
  /// The message is nil if all values are valid, or if the field with the invalid value shows the message itself.
  let problem: String?
  /// True if all values are valid. Otherwise, the page shows no board, because it is not known which board the person
  /// wants.
  let isValid: Bool

  /// The text that the person searched for.
  ///
  /// The page shows the flows whose id contains the text. If the text is empty, the page shows all flows.
  let search: String
  let isSearch: Bool
  /// The percent-encoded text that the person searched for.
  let searchQuery: String
  /// The query of the URL that shows the current references of the same flows, such as `?flow=signup`.
  ///
  /// The query is empty if all flows are shown.
  let nowQuery: String
  /// The query of the next page, or nil if this is the last page.
  let next: String?
  /// The query of this page with `?` in front, or empty. Links to flows contain it.
  let trail: String

  /// A flow, shown as a row of the board.
  struct Flow: Sendable {
    let flow: String
    let flowType: String
    let cells: [Cell]
    /// The flow's freeze that is in force, or nil if there is none.
    let freeze: FreezeView?
    /// True if the current reference of a step of the flow differs from its reference at the requested time, and the
    /// viewer is allowed to roll the flow back.
    let canRollBack: Bool
  }

  /// The time and the flows that the viewer requested.
  package struct Question: Sendable {
    /// The text that was typed as the time, or empty for the current references.
    package var asOf = ""
    /// The time that `asOf` contains, or nil for the current references.
    package var moment: Timestamp?
    /// The text to search for in the ids of flows, or an empty text for all flows.
    package var search = ""
    /// True if this is not the first page.
    package var isBehindOthers = false
    /// The error in the form, or nil if all values are valid.
    package var problem: FormError?
    /// The time zone of the time in the form.
    package var zone = PageTimeZone.utc
    /// The query of the page with `?` in front, or empty. Links to flows contain it.
    package var trail = ""

    /// Creates a request for the current references of all flows.
    package init() {}
  }

  /// A step of a flow, shown as a cell of the board.
  struct Cell: Sendable {
    let step: String
    /// The reference and the change that set the reference, or nil if the reference is unknown.
    let known: Known?
    let isDifferent: Bool
    /// The step's freeze that is in force, or nil if there is none.
    let freeze: FreezeView?
    /// The current reference, or nil if ``isDifferent`` is false.
    let now: ReferenceView?
    /// The changes of the connector since the shown time, or nil if the reference differs or the connector was not
    /// changed.
    let edit: Edit?
  }

  /// The changes of a connector that the step called at the shown time and still calls now.
  struct Edit: Sendable {
    /// The changes as a sentence without a full stop.
    let text: String
    /// The id of the newest of these changes.
    let change: String
  }

  /// A known reference, and the change that set the reference.
  struct Known: Sendable {
    let reference: ReferenceView
    let change: String
    /// The end of a sentence that shows who set the reference, such as `by Adele`.
    let attribution: Attribution
    let since: Moment
    let isDrift: Bool
    /// True if a change of the step was pending at the shown time.
    let isUncertain: Bool
    /// The id of the step's pending change, or nil if the step has no pending change.
    let pending: String?
    let targetURL: String?
    /// An edit of the connector since the reference was set, or nil if the connector was not edited.
    ///
    /// If there are several edits, the value is the newest edit that can change what the connector does.
    let connectorEdit: ConnectorEdit?
    /// True if there are more edits than ``connectorEdit``.
    let hasMoreEdits: Bool
  }

  /// Creates the board.
  ///
  /// - Parameters:
  ///   - then: the references of all addresses at the requested time, or the current references.
  ///   - now: the current references, or nil if `then` contains the current references.
  ///   - edits: the changes of the connectors since the requested time. The key is the id of the connector.
  ///   - pending: the ids of the changes that are pending now. The key is the address.
  ///   - freezes: the freezes that are in force.
  ///   - question: the time and the flows that the viewer requested.
  ///   - next: the query of the next page, or nil if this is the last page.
  ///   - canRollBack: true if the viewer is allowed to roll back changes.
  package init(
    then: [ConnectorConfiguration],
    now: [ConnectorConfiguration]?,
    edits: [ConnectorID: ConnectorEdits] = [:],
    pending: [Address: Change.ID],
    freezes: [Freeze] = [],
    question: Question,
    next: String?,
    canRollBack: Bool
  ) {
    let current = Dictionary((now ?? []).map { ($0.address, $0.reference) }) { first, _ in first }
    let held = Dictionary(then.map { ($0.address, $0) }) { first, _ in first }
    let addresses = (then + (now ?? [])).map(\.address)
    let steps = Set(addresses.map(\.step)).sorted { $0.name < $1.name }
    let flows = Set(addresses.map { FlowName(of: $0) }).sorted()
    let frozen = ShownFreezes(freezes)
    var counts = Comparison()
    self.flows = flows.map { flow in
      let cells = steps.map { step in
        let address = Address(flowType: flow.flowType, flow: flow.flow, step: step)
        let (configuration, reference) = (held[address], current[address])
        // An unknown reference can't be compared with the current reference, and a rollback can't restore an unknown
        // reference.
        let then = configuration?.reference ?? .unknown
        let isDifferent = now != nil && reference != nil && then != .unknown && then != reference
        let edit: Edit? =
          isDifferent || now == nil ? nil : then.connectorID.flatMap { edits[$0] }.flatMap(Edit.init)
        if reference != nil {
          counts.count(isKnown: then != .unknown, isDifferent: isDifferent, isEdited: edit != nil)
        }
        return Cell(
          step: step.name,
          known: configuration.flatMap { Known($0, pending: pending[address]) },
          isDifferent: isDifferent,
          freeze: frozen[.address(address)],
          now: isDifferent ? reference.map { ReferenceView($0) } : nil,
          edit: edit
        )
      }
      return Flow(
        flow: flow.flow.text,
        flowType: flow.flowType.rawValue,
        cells: cells,
        freeze: frozen[.flow(flow)],
        canRollBack: canRollBack && cells.contains(where: \.isDifferent)
      )
    }
    self.steps = steps.map(\.name)
    isEmpty = flows.isEmpty
    hasUnknown = self.flows.contains { $0.cells.contains { $0.known == nil } }
    freeze = frozen[.everything]
    // The time is rounded up, so that the board includes a change that was made exactly at that time.
    let text = question.moment.map { question.zone.field($0, roundedUp: true) } ?? question.asOf
    asOf = TimeField("asOf", text, problem: question.problem)
    compareWith = TimeField("compareWith", nil, problem: question.problem)
    moment = question.moment.map(Moment.init)
    search = question.search
    isSearch = !search.isEmpty
    searchQuery = search.percentEncoded()
    nowQuery = isSearch ? "?flow=\(search.percentEncoded())" : ""
    self.next = next
    trail = question.trail
    isPart = next != nil || question.isBehindOthers
    comparison = now == nil || isEmpty ? nil : counts.sentence(isPart: isPart)
    // The button rolls back all flows. After a search, the page shows only some flows, so it has no button.
    self.canRollBack = canRollBack && !isSearch && (counts.different > 0 || isPart)
    problem = question.problem?.message(except: asOf, compareWith)
    isValid = question.problem == nil
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Flows", frame: frame, in: .flows, page: self), "flows")
  }
}

extension FlowsPage.Edit {
  /// The maximum length, in scalars, of the text.
  private static let length = 200

  fileprivate init?(_ edits: ConnectorEdits) {
    guard let last = edits.changes.last else { return nil }
    text = "\(edits.name) \(edits.predicate)".shortened(to: Self.length)
    change = last.id.description
  }
}

extension FlowsPage.Known {
  /// The maximum length, in scalars, of a target URL.
  private static let urlLength = 120

  /// Creates the view of a configuration, or returns nil if its reference is unknown.
  fileprivate init?(_ configuration: ConnectorConfiguration, pending: Change.ID?) {
    guard let change = configuration.change else { return nil }
    reference = ReferenceView(change.after)
    self.change = change.id.description
    attribution = Attribution(change)
    since = Moment(change.newestDateTime)
    isDrift = change.intent.kind == .drift
    isUncertain = !configuration.isCertain
    self.pending = configuration.isCertain ? nil : pending?.description
    targetURL = configuration.targetURL?.shortened(to: Self.urlLength)
    connectorEdit = configuration.edits?.mostTelling.flatMap { ConnectorEdit($0) }
    hasMoreEdits = (configuration.edits?.changes.count ?? 0) > 1
  }
}

/// Counts the steps whose current reference differs from the reference at an earlier time.
private struct Comparison {
  private(set) var (known, unknown, different, edited) = (0, 0, 0, 0)

  mutating func count(isKnown: Bool, isDifferent: Bool, isEdited: Bool) {
    if isEdited { edited += 1 }
    if isKnown { known += 1 } else { unknown += 1 }
    if isDifferent { different += 1 }
  }

  /// Returns a sentence with the result of the comparison.
  ///
  /// - Parameter isPart: true if the page is one of several pages.
  func sentence(isPart: Bool) -> String {
    switch edited {
    case 0: references(isPart: isPart)
    case 1: references(isPart: isPart) + " The connector of 1 step was edited or deleted since."
    default: references(isPart: isPart) + " The connectors of \(edited) steps were edited or deleted since."
    }
  }

  private func references(isPart: Bool) -> String {
    let page = isPart ? " on this page" : ""
    return switch (different, known) {
    case (1, _): "1 step\(page) calls something else now."
    case (2..., _): "\(different) steps\(page) call something else now."
    case (_, 0): "It is unknown what the steps\(page) called then."
    default:
      "No step\(page) calls something else now." + (unknown > 0 ? " It is unknown what some steps called then." : "")
    }
  }
}
