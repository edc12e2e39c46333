import ReflogLedger
package import ReflogModel

/// A request for one page of the list of all connectors.
package struct ConnectorListRequest: Sendable {
  /// The text that the name, the id or the target URL must contain, or an empty text for all connectors.
  let search: String
  /// Whether only connectors that no step calls are selected.
  let isUnusedOnly: Bool
  /// The position of the last connector on the previous page, or nil for the first page.
  let behind: ConnectorListPosition?
  /// The maximum number of connectors on the page.
  let size: Int

  /// Creates a request.
  ///
  /// - Parameters:
  ///   - search: The text that the name, the id or the target URL must contain, or an empty text for all connectors.
  ///   - isUnusedOnly: Whether only connectors that no step calls are selected.
  ///   - behind: The position of the last connector on the previous page, or nil for the first page.
  ///   - size: The maximum number of connectors on the page.
  package init(search: String, isUnusedOnly: Bool, behind: ConnectorListPosition?, size: Int) {
    (self.search, self.isUnusedOnly, self.behind, self.size) = (search, isUnusedOnly, behind, size)
  }
}

/// A position in the list of all connectors, which is sorted by name and id.
///
/// The position contains the name, so the next page begins correctly even if the connector is no longer in the list.
package struct ConnectorListPosition: Sendable, Equatable, Comparable {
  /// The name in lower case, or an empty text if the name is unknown.
  package let name: String
  /// The id in lower case.
  package let id: String

  /// Creates the position of a connector.
  package init(name: String, id: String) { (self.name, self.id) = (name.lowercased(), id.lowercased()) }

  /// Returns whether the left position is in front of the right position.
  package static func < (left: Self, right: Self) -> Bool { (left.name, left.id) < (right.name, right.id) }
}

/// One page of the list of all connectors.
package struct ConnectorListPage: Sendable {
  /// The connectors of the page, sorted by name and id.
  package let connectors: [ListedConnector]
  /// The number of connectors that the request selects, on all pages.
  package let count: Int
  /// The number of all connectors.
  package let total: Int
  /// The position of the last connector on this page, or nil if this is the last page.
  package let next: ConnectorListPosition?
}

extension HistoryService {
  /// The maximum number of calling steps that the list contains for each connector.
  private static let maximumCallerCount = 3

  /// Returns one page of the list of all connectors.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - embedded: The connectors and references of the embedded directory, or nil for another directory. If the value
  ///     is nil, the list is made from the ledger. It then contains every connector that a step calls, and every other
  ///     connector that exists according to the ledger.
  package func connectors(
    _ request: ConnectorListRequest,
    embedded: (connectors: [DirectoryConnector], callers: [ConnectorID: [Address]])?
  ) async throws(ServiceError) -> ConnectorListPage {
    let all = try await connectorRows(embedded)
    let matches = all.filter(request.selects).sorted { $0.position < $1.position }
    let rest = matches.drop { row in request.behind.map { row.position <= $0 } ?? false }
    let page = Array(rest.prefix(request.size))
    let shownCalls = page.flatMap { $0.calls.prefix(Self.maximumCallerCount) }
    let details = try await reading(await history.details(of: page.map(\.id), calls: shownCalls))
    let recorded = Dictionary(grouping: details.calls) { $0.after.connectorID }
    let flows = embedded == nil ? [] : Set(try await flows())
    return ConnectorListPage(
      connectors: page.map { row in
        let newest = details.newest[row.id]
        let addresses = row.callers ?? (recorded[row.id] ?? []).compactMap(\.intent.subject.address)
        return ListedConnector(
          row.id,
          displayName: row.displayName ?? newest?.after.displayName,
          targetURL: embedded == nil
            ? details.targetURLs[row.id] ?? row.targetURL : row.targetURL ?? details.targetURLs[row.id],
          callers: addresses.prefix(Self.maximumCallerCount).map { address in
            ListedConnector.Caller(address, isRecorded: embedded == nil || flows.contains(FlowName(of: address)))
          },
          callerCount: row.callerCount,
          newest: newest
        )
      },
      count: matches.count,
      total: all.count,
      next: page.count < rest.count ? page.last?.position : nil
    )
  }

  /// Returns whether the list of all connectors has a connector whose target URL contains a text.
  ///
  /// Upper and lower case count as equal. The time depends on the number of connectors, but not on the number of
  /// changes.
  package func isPartOfTargetURL(
    _ text: String,
    embedded: (connectors: [DirectoryConnector], callers: [ConnectorID: [Address]])?
  ) async throws(ServiceError) -> Bool {
    let text = text.lowercased()
    return try await connectorRows(embedded).contains { $0.targetURL?.lowercased().contains(text) == true }
  }

  /// Returns all connectors of the list.
  private func connectorRows(
    _ embedded: (connectors: [DirectoryConnector], callers: [ConnectorID: [Address]])?
  ) async throws(ServiceError) -> [ConnectorRow] {
    if let embedded { return Self.listed(embedded.connectors, callers: embedded.callers) }
    return try await reading(await history.knownConnectors())
      .filter { $0.isReal && !$0.isDeleted || !$0.calls.isEmpty }.map { ConnectorRow($0) }
  }

  /// Returns the connectors of the embedded directory, and the connectors that a step calls although they do not exist
  /// in the directory.
  private static func listed(
    _ connectors: [DirectoryConnector],
    callers: [ConnectorID: [Address]]
  ) -> [ConnectorRow] {
    let ids = Set(connectors.map(\.id))
    let missing = callers.keys.filter { !ids.contains($0) }
    return connectors.map { connector in
      ConnectorRow(
        id: connector.id,
        displayName: connector.displayName,
        targetURL: connector.targetURL,
        callers: callers[connector.id] ?? []
      )
    } + missing.map { ConnectorRow(id: $0, displayName: nil, targetURL: nil, callers: callers[$0] ?? []) }
  }
}

/// A connector of the list, before its changes are read for the page.
private struct ConnectorRow {
  let id: ConnectorID
  let displayName: String?
  let targetURL: String?
  /// The steps that call the connector, or nil if the ledger is the source.
  ///
  /// If the value is nil, ``calls`` contains, for each calling step, the change that set the connector.
  let callers: [Address]?
  let calls: [Change.ID]

  init(id: ConnectorID, displayName: String?, targetURL: String?, callers: [Address]) {
    (self.id, self.displayName, self.targetURL, self.callers) = (id, displayName, targetURL, callers)
    calls = []
  }

  init(_ known: KnownConnector) {
    (id, displayName, targetURL, callers) = (known.id, known.displayName, known.targetURL, nil)
    calls = known.calls
  }

  var callerCount: Int { callers?.count ?? calls.count }

  /// The position in the list.
  var position: ConnectorListPosition { ConnectorListPosition(name: displayName ?? "", id: id.text) }
}

extension ConnectorListRequest {
  fileprivate func selects(_ row: ConnectorRow) -> Bool {
    guard !isUnusedOnly || row.callerCount == 0 else { return false }
    let text = search.lowercased()
    let texts = [row.displayName, row.id.text, row.targetURL].compactMap { $0?.lowercased() }
    return text.isEmpty || texts.contains { $0.contains(text) }
  }
}
