package import ReflogModel
import ReflogStorage

/// A connector that a record of the ledger contains.
package struct KnownConnector: Sendable {
  package let id: ConnectorID
  /// The newest recorded name, or nil if no record contains a name.
  package let displayName: String?
  /// The newest recorded target URL, or nil if no record contains a URL.
  ///
  /// This is the URL in the newest applied change that set a URL. If there is no such change, it is the URL that the
  /// last read of the directory showed.
  package let targetURL: String?
  /// Whether the newest applied change of the connector deleted the connector.
  package let isDeleted: Bool
  /// Whether a record shows that the connector exists or existed: a read of the directory, or a change that was sent to
  /// the directory.
  ///
  /// The value is false if only denied or refused requests contained the id.
  package let isReal: Bool
  /// For each step that calls the connector now, the change that pointed the step at the connector; newest first.
  package let calls: [Change.ID]
}

/// The details of some connectors. The changes in this value were compared with the log.
package struct ConnectorDetails: Sendable {
  /// Changes that pointed steps at a connector, newest first.
  package let calls: [Change]
  /// The newest applied change of each connector. A connector without such a change is left out.
  package fileprivate(set) var newest: [ConnectorID: Change] = [:]
  /// The target URL that each connector has now. A connector without a known URL is left out.
  package fileprivate(set) var targetURLs: [ConnectorID: String] = [:]

  fileprivate init(calls: [Change]) { self.calls = calls }
}

extension History {
  /// Returns all connectors that the records of the ledger contain.
  ///
  /// For each step that calls a connector now, the list of that connector contains the change that pointed the step at
  /// it. The time of this read depends on the numbers of connectors and steps, but not on the number of changes.
  package func knownConnectors() async throws(LedgerError) -> [KnownConnector] {
    try await read { db in
      var calls: [Int64: [Change.ID]] = [:]
      try db.forEach(Self.currentCalls) { row in
        calls[try row.integer(0), default: []].append(Change.ID(try row.integer(1)))
      }
      return try db.rows(Self.connectors) { row in
        KnownConnector(
          id: try row.connectorID(1),
          displayName: try row.optionalText(7) ?? row.optionalText(2) ?? row.optionalText(5),
          targetURL: try Self.targetURL(inProperties: row.optionalText(8)) ?? row.optionalText(3),
          isDeleted: try row.bool(6),
          isReal: try row.bool(4),
          calls: (calls[try row.integer(0)] ?? []).sorted(by: >)
        )
      }
    }
  }

  /// Returns the target URL that a change set, or nil if the text is nil or contains no such URL.
  ///
  /// - Parameter text: The text in the column `changed_properties`.
  private static func targetURL(inProperties text: String?) throws -> String? {
    let properties = try text.map { try ChangedPropertiesColumn.properties(of: $0) } ?? []
    return properties.first { $0.name == "targetUrl" }?.after
  }

  /// The SQL that selects, for each address that calls a connector now, the connector and the change that set the
  /// reference.
  static var currentCalls: String {
    "SELECT held.after_connector, held.id \(currentReferences) AND held.after_connector IS NOT NULL"
  }

  /// The SQL that selects each connector with its last observation, its newest names and target URL, whether it was
  /// deleted, and whether it is real.
  ///
  /// A name in a change is selected only if the change is newer than the last observation.
  static let connectors = """
    SELECT connector.id, connector.connector_id, seen_connector.display_name, seen_connector.target_url,
      seen_connector.connector IS NOT NULL
        OR (\(anyChange(ofListedConnector, "change.result IN ('applied', 'unknown', 'pending')"))) IS NOT NULL
        OR (\(anyChange("WHERE change.after_connector = connector.id", "change.result = 'applied'"))) IS NOT NULL
        OR (\(anyChange("WHERE change.before_connector = connector.id", "change.result = 'applied'"))) IS NOT NULL,
      (
        SELECT connector_name.display_name FROM connector_name
        WHERE connector_name.id = (
          SELECT max(named.id) FROM connector_name AS named
          WHERE named.connector = connector.id AND named.display_name IS NOT NULL
        )
      ),
      coalesce((\(ofNewestApplied("change.after_state = 'none'"))), FALSE),
      (\(ofNewestApplied(newerName))),
      (\(ofNewestApplied("change.changed_properties", "AND change.changed_properties LIKE '%\"targetUrl\"%'")))
    FROM connector LEFT JOIN seen_connector ON seen_connector.connector = connector.id
    WHERE connector.connector_id IS NOT NULL
    """

  /// The condition that selects the changes of the connector in the current row of the list.
  ///
  /// The column has a plus sign, because SQLite uses an index on an expression only for a comparison with another
  /// expression, not with a column.
  private static let ofListedConnector = """
    WHERE \(connector(of: "change")) = +connector.id AND change.subject = 'connector'
    """

  /// Returns the SQL that selects any one change that fulfils two conditions, or NULL if there is none.
  ///
  /// The SQL has `LIMIT 1` instead of `EXISTS`. PostgreSQL can answer `EXISTS` with a scan of all changes, but with
  /// `LIMIT 1` it uses an index for each connector.
  private static func anyChange(_ connector: String, _ result: String) -> String {
    "SELECT change.id FROM change \(connector) AND \(result) LIMIT 1"
  }

  /// Returns the SQL that selects a value from the newest applied change of the connector in the current row of the
  /// list.
  private static func ofNewestApplied(_ value: String, _ condition: String = "") -> String {
    "SELECT \(value) FROM change \(ofListedConnector) AND change.result = 'applied' \(condition) ORDER BY change.id DESC LIMIT 1"
  }

  /// The SQL expression for the name in a change.
  ///
  /// The value is NULL if the last observation of the connector is newer than the change.
  private static let newerName = """
    (
      SELECT connector_name.display_name FROM connector_name
      WHERE connector_name.id = coalesce(change.created_name, change.after_name)
        AND coalesce(change.outcome_sequence, change.intent_sequence) > coalesce(seen_connector.entry, -1)
    )
    """

  /// Returns the details of some connectors.
  ///
  /// - Parameters:
  ///   - connectors: The connectors.
  ///   - calls: The ids of the changes to return in ``ConnectorDetails/calls``.
  package func details(
    of connectors: [ConnectorID],
    calls: [Change.ID]
  ) async throws(LedgerError) -> ConnectorDetails {
    try await read { db in
      let rows = ChangeRows(db, identities)
      let ids = calls.map(\.number).list
      var details = ConnectorDetails(
        calls: try rows.checked(
          "WHERE change.id IN (\(db.dialect.numbers(inArray: "?"))) ORDER BY change.id DESC",
          SQLArguments([ids])
        )
      )
      let targets = TargetURLs(.distantFuture, rows, db)
      for connector in connectors {
        guard let row = try Self.row(of: connector, db) else { continue }
        details.newest[connector] = try rows.checked(Self.newestAppliedOfConnector, ["connector": row]).first
        details.targetURLs[connector] = try targets.url(of: connector)
      }
      return details
    }
  }

  /// The condition that selects the newest applied change of `:connector`.
  static let newestAppliedOfConnector = """
    WHERE \(ofConnector) AND change.result = 'applied' ORDER BY change.id DESC LIMIT 1
    """
}
