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
  /// A change is returned only if its newest log entry has a higher sequence number than `entry`. The result includes
  /// the change that created the connector.
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

  /// Returns the newest changes of a connector that are later than another change, newest first.
  ///
  /// Only changes that were applied or may have been applied count. A pending change may have been applied.
  package func laterChanges(
    of connector: ConnectorID,
    after change: Change.ID,
    limit: Int
  ) async throws(LedgerError) -> [Change] {
    try await changes(
      of: connector,
      """
      WHERE \(Self.ofConnector) AND change.id > :change AND change.result IN ('applied', 'unknown', 'pending')
        AND change.kind <> 'baseline'
      ORDER BY change.id DESC LIMIT :limit
      """,
      ["change": change.number, "limit": limit]
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

  /// The maximum number of changes of one connector that ``edits(of:since:until:)`` returns.
  package static let maximumEditCount = 100

  /// Returns the edits and deletions of connectors that were settled after a moment and at or before another moment,
  /// oldest first.
  ///
  /// The key is the id of the connector. The value contains the newest ``maximumEditCount`` changes of the connector.
  /// An edit with the result `unknown` is included, because the directory may have applied the edit.
  package func edits(
    of connectors: Set<ConnectorID>,
    since moment: Timestamp,
    until end: Timestamp = .distantFuture
  ) async throws(LedgerError) -> [ConnectorID: [Change]] {
    guard !connectors.isEmpty else { return [:] }
    return try await read { db in
      let last = try ChangeTimes.lastID(notAfter: moment, db)
      let rows = ChangeRows(db, identities)
      var edits: [ConnectorID: [Change]] = [:]
      for connector in connectors {
        guard let row = try Self.row(of: connector, db) else { continue }
        let arguments: SQLArguments = [
          "connector": row, "last": last, "moment": moment.microseconds, "newest": Int64.max,
          "end": end.microseconds, "limit": Self.maximumEditCount,
        ]
        edits[connector] = try rows.checked(Self.editsSince, arguments).reversed()
      }
      return edits.filter { !$0.value.isEmpty }
    }
  }

  /// The condition that selects the newest edits and deletions of `:connector` that were settled after `:moment` and at
  /// or before `:end`.
  ///
  /// `:last` is the id of a change that was recorded at or before `:moment`, and `:newest` is the highest id that is
  /// searched. The search begins with the newest applied change up to `:last`, because this change may have been
  /// settled after `:moment`. Earlier changes are not searched, because the changes of a connector are settled in the
  /// order of their ids.
  static let editsSince = """
    WHERE \(ofConnector) AND change.id <= :newest AND change.id >= coalesce((
        SELECT settled.id FROM change AS settled
        WHERE \(connector(of: "settled")) = :connector AND settled.subject = 'connector'
          AND settled.result = 'applied' AND settled.id <= :last
        ORDER BY settled.id DESC LIMIT 1
      ), 0)
      AND change.result IN ('applied', 'unknown') AND change.kind <> 'baseline' AND change.before_connector IS NOT NULL
      AND change.result_time > :moment AND change.result_time <= :end
    ORDER BY change.id DESC LIMIT :limit
    """

  /// Returns the connectors as the last read of the directory showed them.
  ///
  /// The key is the id of the connector.
  package func recordedConnectors() async throws(LedgerError) -> [ConnectorID: RecordedConnector] {
    try await read { db in
      let connectors = try db.rows(
        """
        SELECT seen_connector.display_name, seen_connector.target_url, seen_connector.authentication,
          seen_connector.entry, seen_connector.seen, connector.connector_id
        FROM seen_connector JOIN connector ON connector.id = seen_connector.connector
        """
      ) { try Self.recorded(try $0.connectorID(5), $0) }
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
  /// SQLite uses the index `change_connector` only if the condition contains exactly the expression of the index.
  static let ofConnector = "\(connector(of: "change")) = :connector AND change.subject = 'connector'"

  /// Returns the SQL expression of the row number of the connector that a change created, updated or deleted.
  ///
  /// - Parameter change: The name or the alias of the table `change` in the SQL text.
  static func connector(of change: String) -> String {
    "coalesce(\(change).before_connector, \(change).after_connector, \(change).created_connector)"
  }
}
