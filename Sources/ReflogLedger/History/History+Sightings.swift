import GRDB
package import ReflogModel

extension History {
  /// What the ledger knows of an address: its newest applied change, or what a look at the directory showed.
  package func recorded(at address: Address) async throws(LedgerError) -> RecordedReference? {
    try await read { db in
      let seen = try Self.seen(at: address, db)
      guard let newest = try newestApplied(at: address, db) else {
        return seen.map { RecordedReference(reference: $0.reference, newestChange: nil, lastSeen: $0.time) }
      }
      let stillSeen = seen.flatMap { $0.reference == newest.after ? $0.time : nil }
      return RecordedReference(
        reference: newest.after,
        newestChange: newest,
        lastSeen: [newest.resultDateTime, stillSeen].compactMap { $0 }.max()
      )
    }
  }

  private static func seen(
    at address: Address,
    _ db: Database
  ) throws -> (reference: ConnectorReference, time: Timestamp)? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT seen_reference.seen, connector.connector_id FROM seen_reference
          LEFT JOIN connector ON connector.id = seen_reference.connector
          WHERE seen_reference.address = \(rowOfAddress)
          """
      ),
      arguments: arguments(address)
    ).map { row in
      let id = (row["connector_id"] as String?).flatMap { ConnectorID($0) }
      let reference = id.map { ConnectorReference.connector($0, displayName: nil) } ?? ConnectorReference.none
      return (reference, Timestamp(microseconds: row["seen"]))
    }
  }

  /// Every address of which the ledger knows anything.
  package func addresses() async throws(LedgerError) -> [Address] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT flow.flow_type, flow.flow_id, step.name FROM address
          JOIN flow ON flow.id = address.flow
          JOIN step ON step.id = address.step
          ORDER BY address.id
          """
      ).map { row in
        guard let flowType = FlowType(rawValue: row["flow_type"]), let flow = FlowID(row["flow_id"] as String),
          let step = Step(row["name"] as String)
        else { throw LedgerError.corrupt("an address that is none") }
        return Address(flowType: flowType, flow: flow, step: step)
      }
    }
  }

  /// The connectors as they were last seen.
  package func recordedConnectors() async throws(LedgerError) -> [ConnectorID: RecordedConnector] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT connector.connector_id, seen_connector.display_name, seen_connector.target_url,
            seen_connector.authentication, seen_connector.entry, seen_connector.seen
          FROM seen_connector JOIN connector ON connector.id = seen_connector.connector
          """
      )
      return try Dictionary(
        uniqueKeysWithValues: rows.map { row in
          guard let id = ConnectorID(row["connector_id"] as String) else {
            throw LedgerError.corrupt("a connector without an id")
          }
          let connector = DirectoryConnector(
            id: id,
            displayName: row["display_name"],
            targetURL: row["target_url"],
            authentication: row["authentication"]
          )
          let seen = Timestamp(microseconds: row["seen"])
          return (id, RecordedConnector(connector: connector, seen: seen, entry: row["entry"]))
        }
      )
    }
  }

  /// What was done to a connector through Reflog, its creation included, and became known behind this entry; oldest
  /// first.
  package func changes(of connector: ConnectorID, after entry: Int64) async throws(LedgerError) -> [Change] {
    try await changes(
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.before_connector = (SELECT id FROM connector WHERE connector_id = :connector)
          AND change.subject = 'connector'
        UNION ALL
        SELECT change.id FROM change
        WHERE change.created_connector = (SELECT id FROM connector WHERE connector_id = :connector)
      ) AND coalesce(change.outcome_sequence, change.intent_sequence) > :entry
        AND change.result IN ('applied', 'unknown') AND change.kind = 'update'
      ORDER BY change.id
      """,
      ["connector": connector.text, "entry": entry]
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
}
