package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the pending change of a connector, or nil if there is none.
  package func pendingChange(of connector: ConnectorID) async throws(LedgerError) -> Change? {
    try await changes(
      of: connector,
      "WHERE coalesce(change.address, -change.before_connector) = -:connector AND change.result = 'pending'"
    ).first
  }

  /// Returns the changes of a connector that were applied or may have been applied, oldest first.
  ///
  /// Only changes with a log entry above `entry` are returned. The log has an entry for the record of a change and an
  /// entry for its settlement. The change that created the connector is included.
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

  /// Returns the changes of connectors that may have reached the directory, newest first.
  ///
  /// Each change is pending, or was recorded or settled at or after the time `since`.
  package func recentConnectorChanges(since: Timestamp, limit: Int) async throws(LedgerError) -> [Change] {
    try await changes(
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.subject = 'connector' AND \(Self.mayHaveReachedDirectory)
        ORDER BY change.id DESC LIMIT :limit
      ) AND (coalesce(change.result_time, change.activity_time) >= :since OR change.result = 'pending')
      ORDER BY change.id DESC
      """,
      ["since": since.microseconds, "limit": limit]
    )
  }

  /// Returns the connectors with the properties that the last read of the directory showed.
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

  /// Returns the changes that a condition on `:connector` selects, after each change was compared with the log.
  ///
  /// This method binds `:connector` to the row number of the connector. The result is empty if the connector has no row
  /// in the ledger.
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

  /// Returns the row number of a connector, or nil if the connector has no row.
  static func row(of connector: ConnectorID, _ db: any LedgerConnection) throws -> Int64? {
    try db.integer(
      "SELECT id FROM connector WHERE \(db.dialect.equalIgnoringCase("connector_id", "?"))",
      [connector.text]
    )
  }

  /// The SQL condition that a change created, updated or deleted the connector `:connector`.
  ///
  /// SQLite uses the index `change_connector` only if the condition contains exactly the expression of the index, so do
  /// not rewrite the condition.
  static let ofConnector = """
    coalesce(change.before_connector, change.after_connector, change.created_connector) = :connector
      AND change.subject = 'connector'
    """
}
