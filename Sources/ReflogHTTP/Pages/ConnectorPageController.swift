import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The page about one API connector: its target URL, the steps that call it or called it, and its edits.
struct ConnectorPageController {
  /// The maximum number of steps on the page that call the connector now.
  private static let maximumCallerCount = 50
  /// The maximum length of each list on the page: the connector's changes, the periods of calls, the pending changes.
  private static let partSize = 10

  let changes: ChangeService
  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/connectors/:connector", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.connectorID()
    let fields = try request.filledQuery(allowing: ["edits", "calls"] + PageTrail.connectors)
    let (isKnown, targetURL) = try await history.knownConnector(id)
    let embedded = try await changes.embeddedConnector(id, for: try context.requireCaller())
    let directoryCallers = try await changes.embeddedConnectors(for: try context.requireCaller()).map {
      $0.callers[id] ?? []
    }
    guard isKnown || embedded != nil || directoryCallers?.isEmpty == false else { throw RequestError.notFound }
    async let edits = edits(of: id, fields)
    async let calls = calls(of: id, fields)
    async let recorded = history.recordedConnector(id)
    async let newest = newestApplied(of: id)
    async let pending = pending(id)
    let callers = try await callers(of: id, in: directoryCallers)
    let lastSeen = try await recorded
    // The value is true for the embedded directory, because the steps in it were just read.
    let isVerified = if directoryCallers != nil { true } else { try await history.status().verified != nil }
    let page = ConnectorPage(
      ConnectorPage.Facts(
        id,
        recorded: embedded ?? lastSeen,
        targetURL: embedded?.connector.targetURL ?? targetURL,
        newest: try await newest,
        callers: callers.recorded,
        unrecorded: callers.unrecorded,
        callerCount: callers.count,
        pending: try await pending,
        isVerified: isVerified,
        freezes: try await changes.freezes(covering: id)
      ),
      edits: try await edits,
      calls: try await calls,
      trail: PageTrail(["connector": id.text], PageTrail.timeline).query,
      listTrail: PageTrail(fields, PageTrail.connectors).query
    )
    return Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the steps that call a connector now.
  ///
  /// `recorded` contains, newest first, the changes that pointed these steps at the connector. `unrecorded` contains
  /// the steps for which no such change is recorded. `count` is the number of all steps.
  ///
  /// - Parameter addresses: The steps that call the connector in the embedded directory, or nil if the directory is
  ///   Microsoft Graph.
  private func callers(
    of connector: ConnectorID,
    in addresses: [Address]?
  ) async throws -> (recorded: [Change], unrecorded: [ListedConnector.Caller], count: Int) {
    guard let addresses else {
      let found = try await history.currentCalls(of: connector, limit: Self.maximumCallerCount)
      return (found.changes, [], found.count)
    }
    let found = try await history.currentCalls(of: connector, limit: max(addresses.count, 1)).changes
    let recorded = found.filter { change in change.intent.subject.address.map(addresses.contains) ?? false }
    let known = Set(recorded.compactMap(\.intent.subject.address))
    let flows = Set(try await history.flows())
    let unrecorded = addresses.filter { !known.contains($0) }.map { address in
      ListedConnector.Caller(address, isRecorded: flows.contains(FlowName(of: address)))
    }
    let shown = Array(recorded.prefix(Self.maximumCallerCount))
    return (shown, Array(unrecorded.prefix(Self.maximumCallerCount - shown.count)), addresses.count)
  }

  /// Returns one part of the list of changes of a connector, newest first.
  private func edits(
    of connector: ConnectorID,
    _ fields: [String: String]
  ) async throws -> ConnectorPage.Part<ChangeInContext> {
    let query = ChangeQuery(filter: try PlainQuestion(aboutChangesOf: connector).filter())
    let page = try await history.page(query, behind: try Self.change("edits", in: fields), size: Self.partSize)
    return ConnectorPage.Part(
      try await history.inContext(page.changes, of: query),
      older: page.next.map { Request.encoded(fields.merging(["edits": $0.description]) { $1 }) },
      isNewest: fields["edits"] == nil
    )
  }

  /// Returns one part of the list of periods in which steps called a connector, newest first.
  private func calls(
    of connector: ConnectorID,
    _ fields: [String: String]
  ) async throws -> ConnectorPage.Part<ConnectorCall> {
    let behind = try Self.change("calls", in: fields)
    let found = try await history.calls(of: connector, behind: behind, limit: Self.partSize)
    return ConnectorPage.Part(
      found.calls,
      older: found.next.map { Request.encoded(fields.merging(["calls": $0.description]) { $1 }) },
      isNewest: fields["calls"] == nil
    )
  }

  /// Returns the newest pending changes that write a connector, or that point a step at the connector or away from it.
  private func pending(_ connector: ConnectorID) async throws -> [ChangeInContext] {
    let id = FilterValue.text(connector.text)
    let isNamed = ChangeFilter.or(
      .comparison(.before(.connectorId), .eq, id),
      .comparison(.after(.connectorId), .eq, id)
    )
    let isPending = ChangeFilter.comparison(.plain(.result), .eq, .text(Change.Result.pending.rawValue))
    let query = ChangeQuery(filter: .and(isPending, isNamed))
    let page = try await history.page(query, behind: nil, size: Self.partSize)
    return try await history.inContext(page.changes, of: query)
  }

  /// Returns the newest applied change of a connector, or nil if there is none.
  private func newestApplied(of connector: ConnectorID) async throws -> Change? {
    var question = PlainQuestion(aboutChangesOf: connector)
    question.result = .applied
    return try await history.page(ChangeQuery(filter: try question.filter()), behind: nil, size: 1).changes.first
  }

  /// Returns the id of a change that a field contains, or nil if the field is missing.
  private static func change(_ name: String, in fields: [String: String]) throws(RequestError) -> Change.ID? {
    guard let text = fields[name] else { return nil }
    guard let id = Change.ID(text) else {
      throw .badRequest("A change's id must be a positive whole number.", target: name)
    }
    return id
  }
}
