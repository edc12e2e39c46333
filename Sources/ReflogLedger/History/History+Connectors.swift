package import ReflogModel
import ReflogStorage

extension History {
  /// The pending change of a connector, or nil if none is pending.
  package func pendingChange(of connector: ConnectorID) async throws(LedgerError) -> Change? {
    try await changes(
      of: connector,
      "WHERE coalesce(change.address, -change.before_connector) = -:connector AND change.result = 'pending'"
    ).first
  }

  /// The changes of a connector, its creation included, that took place or may have, and became known behind an entry; oldest first.
  package func changes(of connector: ConnectorID, after entry: Int64) async throws(LedgerError) -> [Change] {
    try await changes(
      of: connector,
      """
      WHERE \(Self.ofConnector) AND coalesce(change.outcome_sequence, change.intent_sequence) > :entry
        AND change.result IN ('applied', 'unknown') AND change.kind = 'update'
      ORDER BY change.id
      """,
      ["entry": entry]
    )
  }

  /// The changes of connectors that may have reached the directory and were recorded or settled at this moment or later, newest first.
  package func recentConnectorChanges(since: Timestamp, limit: Int) async throws(LedgerError) -> [Change] {
    try await changes(
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.subject = 'connector' AND change.result NOT IN ('denied', 'rejected') AND change.kind <> 'baseline'
        ORDER BY change.id DESC LIMIT :limit
      ) AND (coalesce(change.result_time, change.activity_time) >= :since OR change.result = 'pending')
      ORDER BY change.id DESC
      """,
      ["since": since.microseconds, "limit": limit]
    )
  }

  /// The connectors as they were last seen in the directory.
  package func recordedConnectors() async throws(LedgerError) -> [ConnectorID: RecordedConnector] {
    try await read { db in
      let connectors = try db.rows(
        """
        SELECT connector.connector_id, seen_connector.display_name, seen_connector.target_url,
          seen_connector.authentication, seen_connector.entry, seen_connector.seen
        FROM seen_connector JOIN connector ON connector.id = seen_connector.connector
        """
      ) { row in
        let connector = DirectoryConnector(
          id: try row.connectorID(0),
          displayName: try row.text(1),
          targetURL: try row.text(2),
          authentication: try row.optionalText(3)
        )
        return RecordedConnector(connector: connector, seen: try row.time(5), entry: try row.integer(4))
      }
      return Dictionary(connectors.map { ($0.connector.id, $0) }) { first, _ in first }
    }
  }

  /// The changes that a condition on `:connector` selects, each as it was logged. Empty if the ledger has no row of the connector.
  private func changes(
    of connector: ConnectorID,
    _ condition: String,
    _ arguments: SQLArguments = [:]
  ) async throws(LedgerError) -> [Change] {
    try await read { db in
      guard let row = try Self.row(of: connector, db) else { return [] }
      return try ChangeRows(db, identities).checked(condition, arguments + ["connector": row])
    }
  }

  /// The row of a connector, or nil if it has none.
  static func row(of connector: ConnectorID, _ db: Connection) throws -> Int64? {
    try db.integer("SELECT id FROM connector WHERE connector_id = ?", [connector.text])
  }

  /// A change of the connector `:connector`, in the words of the index `change_connector`, so that SQLite uses it.
  static let ofConnector = """
    coalesce(change.before_connector, change.after_connector, change.created_connector) = :connector
      AND change.subject = 'connector'
    """
}
