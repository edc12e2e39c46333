import ReflogModel
import ReflogStorage

/// The observations in the ledger's file, which hold the results of the newest reads of the directory.
enum ObservationRows {
  /// Records observations, and replaces earlier observations of the same addresses and connectors.
  ///
  /// `newestEntry` is the sequence of the newest entry that the current transaction has appended.
  static func record(
    _ observations: [Observation],
    at time: Timestamp,
    newestEntry: Int64,
    _ identities: Identities,
    _ db: any LedgerConnection
  ) throws {
    for observation in observations {
      switch observation {
      case .reference(let address, let reference): try record(reference, at: address, time, identities, db)
      case .connector(let connector, let entry):
        try record(connector, entry ?? newestEntry, time, identities, db)
      case .connectorGone(let id):
        guard let row = try identities.knownRow(of: id) else { continue }
        try db.execute("DELETE FROM seen_connector WHERE connector = ?", [row])
      }
    }
  }

  /// Records the reference that a read showed at an address.
  private static func record(
    _ reference: ConnectorReference,
    at address: Address,
    _ time: Timestamp,
    _ identities: Identities,
    _ db: any LedgerConnection
  ) throws {
    try db.execute(
      """
        INSERT INTO seen_reference (address, state, connector, seen) VALUES (:address, :state, :connector, :seen)
        ON CONFLICT (address) DO UPDATE SET
          state = excluded.state, connector = excluded.connector, seen = excluded.seen
      """,
      [
        "address": try identities.row(of: address).row,
        "state": reference.state.rawValue,
        "connector": try identities.rows(of: reference).connector,
        "seen": time.microseconds,
      ]
    )
  }

  /// Records the properties that a read showed for a connector, except if a later read is recorded already.
  private static func record(
    _ connector: DirectoryConnector,
    _ entry: Int64,
    _ time: Timestamp,
    _ identities: Identities,
    _ db: any LedgerConnection
  ) throws {
    try db.execute(
      """
        INSERT INTO seen_connector (connector, display_name, target_url, authentication, entry, seen)
        VALUES (:connector, :displayName, :targetURL, :authentication, :entry, :seen)
        ON CONFLICT (connector) DO UPDATE SET
          display_name = excluded.display_name, target_url = excluded.target_url,
          authentication = excluded.authentication, entry = excluded.entry, seen = excluded.seen
        WHERE seen_connector.entry <= excluded.entry
      """,
      [
        "connector": try identities.rows(of: connector.reference).connector,
        "displayName": connector.displayName,
        "targetURL": connector.targetURL,
        "authentication": connector.authentication,
        "entry": entry,
        "seen": time.microseconds,
      ]
    )
  }

  /// Records the result of a sweep: the parts that the sweep could not read.
  ///
  /// If the sweep could read all parts, the finish time of the sweep is recorded.
  static func record(_ unread: UnreadParts, at time: Timestamp, _ db: any LedgerConnection) throws {
    let known = try db.rows("SELECT name FROM unread_part") { try $0.text(0) }
    for name in known where unread.reasons[name] == nil {
      try db.execute("DELETE FROM unread_part WHERE name = ?", [name])
    }
    for (name, reason) in unread.reasons {
      // The time of the first failure is kept.
      try db.execute(
        """
          INSERT INTO unread_part (name, since, reason) VALUES (:name, :since, :reason)
          ON CONFLICT (name) DO UPDATE SET reason = excluded.reason
        """,
        ["name": name, "since": time.microseconds, "reason": reason]
      )
    }
    if unread.isEmpty { try recordFinishedSweep(at: time, db) }
  }

  /// Records the time when the last sweep of the whole directory finished.
  private static func recordFinishedSweep(at time: Timestamp, _ db: any LedgerConnection) throws {
    try db.execute(
      """
        INSERT INTO sweep (id, finished) VALUES (1, :finished)
        ON CONFLICT (id) DO UPDATE SET finished = excluded.finished
      """,
      ["finished": time.microseconds]
    )
  }
}
