package import ReflogModel

/// The page that lists the connectors: where each connector sends requests, which steps call it, and its last change.
package struct ConnectorsPage: Sendable {
  let connectors: [Row]
  let isEmpty: Bool
  /// The text to search for in names, ids and target URLs, or an empty text for all connectors.
  let search: String
  /// Whether the page shows only connectors that no step calls.
  let isUnusedOnly: Bool
  /// A sentence with the number of connectors.
  let count: String
  /// True if the person searched for a text or selected only the connectors that no step calls.
  let isFiltered: Bool
  /// The source of the list.
  let source: Source
  /// The query of the next page, or nil if this is the last page.
  let next: String?
  /// Whether the list has other pages.
  let isPart: Bool
  /// The query of this page with `?` in front, or empty. Links to connectors contain it.
  let trail: String
  /// The path of the page that searches the history for the same text, or nil if the person searched for no text.
  let history: String?

  /// A connector, shown as a row of the table.
  struct Row: Sendable {
    /// The name of the connector, or its id if the name is unknown.
    let name: String
    let id: String
    /// The host of the target URL, or nil if the URL is unknown.
    let host: String?
    let callers: [Caller]
    let isCalled: Bool
    /// The number of steps that are left out, or nil if all steps are shown.
    let left: String?
    /// The newest applied change of the connector, or nil if none is recorded.
    let last: LinkedChange?
  }

  /// A step that calls a connector.
  struct Caller: Sendable {
    let step: String
    let flow: String
    /// The flow's type and id, for example `b2cUserFlows/B2C_1_signup`, or nil if no change of the flow is recorded.
    ///
    /// Only a flow with a recorded change has a page.
    let flowName: String?
  }

  /// The source of the list.
  struct Source: Sendable {
    /// The time at which the last sweep finished, or nil if no sweep has finished yet.
    let verified: Moment?
    /// True if sweeps check the directory. Otherwise the list comes from the embedded directory itself.
    let isSwept: Bool
  }

  /// What a person searched for in the list of connectors, and the numbers of connectors.
  package struct Question: Sendable {
    let search: String
    let isUnusedOnly: Bool
    let isBehindOthers: Bool
    let count: Int
    let total: Int

    /// Creates a question.
    ///
    /// - Parameters:
    ///   - search: the text to search for in names, ids and target URLs, or an empty text for all connectors.
    ///   - isUnusedOnly: whether only connectors that no step calls are selected.
    ///   - isBehindOthers: whether this is not the first page.
    ///   - count: the number of selected connectors on all pages.
    ///   - total: the number of all connectors.
    package init(search: String, isUnusedOnly: Bool, isBehindOthers: Bool, count: Int, total: Int) {
      (self.search, self.isUnusedOnly, self.isBehindOthers) = (search, isUnusedOnly, isBehindOthers)
      (self.count, self.total) = (count, total)
    }
  }

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - connectors: the connectors of this page.
  ///   - question: the connectors that the person requested.
  ///   - status: the state of the ledger.
  ///   - next: the query of the next page, or nil if this is the last page.
  ///   - trail: the query of this page with `?` in front, or empty.
  ///   - history: the path of the page that searches the history for the same text, or nil if the person searched for
  ///     no text.
  package init(
    _ connectors: [ListedConnector],
    of question: Question,
    status: LedgerStatus,
    next: String?,
    trail: String = "",
    history: String? = nil
  ) {
    (self.trail, self.history) = (trail, history)
    self.connectors = connectors.map(Row.init)
    isEmpty = connectors.isEmpty
    (search, isUnusedOnly) = (question.search, question.isUnusedOnly)
    isFiltered = isUnusedOnly || !search.isEmpty
    count = Self.sentence(question)
    source = Source(verified: status.verified.map(Moment.init), isSwept: status.directory == .graph)
    self.next = next
    isPart = next != nil || question.isBehindOthers
  }

  private static func sentence(_ question: Question) -> String {
    let number = "\(question.count.grouped) of \(question.total.grouped) connectors"
    return switch (question.isUnusedOnly, question.search.isEmpty) {
    case (true, true): "No step calls \(number)."
    case (true, false): "\(number) match the text, and no step calls them."
    case (false, false): "\(number) match the text."
    case (false, true): question.total == 1 ? "1 connector." : "\(question.total.grouped) connectors."
    }
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Connectors", frame: frame, in: .connectors, page: self), "connectors")
  }
}

extension ConnectorsPage.Row {
  /// The maximum length, in scalars, of the name and of the host.
  private static let length = 120

  fileprivate init(_ connector: ListedConnector) {
    name = (connector.displayName ?? connector.id.text).shortened(to: Self.length)
    id = connector.id.text
    host = connector.targetURL.flatMap(ConnectorPage.host)
    callers = connector.callers.map { caller in
      ConnectorsPage.Caller(
        step: caller.address.step.name,
        flow: caller.address.flow.text,
        flowName: caller.isRecorded ? FlowName(of: caller.address).description : nil
      )
    }
    isCalled = connector.callerCount > 0
    let more = connector.callerCount - connector.callers.count
    left = more > 0 ? more.grouped : nil
    last = connector.newest.map(LinkedChange.init)
  }
}
