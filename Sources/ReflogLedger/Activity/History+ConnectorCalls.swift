package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the state in which the last read of the directory showed a connector, or nil if no read showed it.
  package func recordedConnector(_ id: ConnectorID) async throws(LedgerError) -> RecordedConnector? {
    try await read { db in
      guard let row = try Self.row(of: id, db) else { return nil }
      return try db.first(
        "SELECT display_name, target_url, authentication, entry, seen FROM seen_connector WHERE connector = ?",
        [row]
      ) { try Self.recorded(id, $0) }
    }
  }

  /// Reads a connector from the columns `display_name`, `target_url`, `authentication`, `entry` and `seen`.
  static func recorded(_ id: ConnectorID, _ row: Row) throws -> RecordedConnector {
    let connector = DirectoryConnector(
      id: id,
      displayName: try row.text(0),
      targetURL: try row.text(1),
      authentication: try row.optionalText(2)
    )
    return RecordedConnector(connector: connector, seen: try row.time(4), entry: try row.integer(3))
  }

  /// Returns whether a record refers to a connector, and the target URL that the connector has now.
  ///
  /// The URL is nil if the ledger does not contain it.
  package func knownConnector(_ id: ConnectorID) async throws(LedgerError) -> (isKnown: Bool, targetURL: String?) {
    try await read { db in
      guard try Self.row(of: id, db) != nil else { return (false, nil) }
      let urls = TargetURLs(.distantFuture, ChangeRows(db, identities), db)
      return (true, try urls.url(of: id))
    }
  }

  /// Returns, for each step that calls a connector now, the change that pointed the step at the connector, newest
  /// first.
  ///
  /// `count` is the number of these steps, which can be higher than the number of returned changes.
  ///
  /// - Parameters:
  ///   - connector: The connector.
  ///   - limit: The maximum number of changes.
  package func currentCalls(
    of connector: ConnectorID,
    limit: Int
  ) async throws(LedgerError) -> (changes: [Change], count: Int) {
    try await read { db in
      guard let row = try Self.row(of: connector, db) else { return ([], 0) }
      let held = Self.referencesToConnector
      let changes = try ChangeRows(db, identities).checked(
        "WHERE change.id IN (\(held)) ORDER BY change.id DESC LIMIT :limit",
        ["connector": row, "limit": limit + 1]
      )
      guard changes.count > limit else { return (changes, changes.count) }
      let count = try db.integer("SELECT count(*) FROM (\(held)) AS held", ["connector": row]) ?? 0
      return (Array(changes.prefix(limit)), Int(count))
    }
  }

  /// The SQL that selects, for each address that calls `:connector` now, the id of the change that set this reference.
  ///
  /// This is the newest effective change, or the newest change without an effect if no change was effective. The list
  /// of flows uses the same rule.
  static var referencesToConnector: String {
    "SELECT held.id \(currentReferences) AND held.after_connector = :connector"
  }

  /// The end of an SQL query, after `SELECT` and the columns. It finds, for each address, the change that set the
  /// reference. The name of this change in the query is `held`.
  static var currentReferences: String {
    """
    FROM address AS calling CROSS JOIN change AS held
    WHERE held.id = coalesce((\(newest(isEffective))), (\(newest(isIneffective))))
    """
  }

  /// Returns the SQL that selects the id of the newest change at `calling` that fulfils a condition.
  private static func newest(_ condition: String) -> String {
    "SELECT change.id FROM change WHERE change.address = calling.id AND \(condition) ORDER BY change.id DESC LIMIT 1"
  }

  /// The number of ids that the first read of periods covers, and the maximum number that a later read covers.
  private static let callSizes = (first: Int64(320_000), last: Int64(5_120_000))

  /// Returns the newest periods in which steps called a connector, newest first.
  ///
  /// If the search takes longer than `timeLimit`, the list contains only the periods that were found in this time.
  ///
  /// - Parameters:
  ///   - connector: The connector.
  ///   - behind: A change, or nil for the newest periods. The list contains only periods whose first recorded change
  ///     has a lower id.
  ///   - limit: The maximum number of periods.
  ///   - timeLimit: The time after which the search does not start another read.
  package func calls(
    of connector: ConnectorID,
    behind: Change.ID?,
    limit: Int,
    timeLimit: Duration
  ) async throws(LedgerError) -> ConnectorCalls {
    let start = ContinuousClock.now
    let (row, newest) = try await read { db in
      (try Self.row(of: connector, db), try Self.newestNumber(db))
    }
    guard let row else { return ConnectorCalls(calls: [], next: nil) }
    var (last, size) = (min(newest, (behind?.number ?? .max) - 1), Self.callSizes.first)
    var calls: [ConnectorCall] = []
    while last >= 1 {
      let (first, end, wanted) = (max(1, last - size + 1), last, limit + 1 - calls.count)
      let found = try await read { db in
        let rows = ChangeRows(db, identities)
        let arguments: SQLArguments = ["connector": row, "first": first, "last": end, "limit": wanted]
        let begun = try rows.checked(Self.callsOfConnector, arguments).map { change in
          ConnectorCall(start: change, end: try Self.end(of: change, rows, db))
        }
        let ended = try rows.checked(Self.firstEndsOfConnector, arguments).map { ConnectorCall(endedBy: $0) }
        return Array((begun + ended).sorted { $0.position > $1.position }.prefix(wanted))
      }
      calls += found
      if calls.count > limit {
        return ConnectorCalls(calls: Array(calls.prefix(limit)), next: calls[limit - 1].position)
      }
      if first > 1, ContinuousClock.now - start > timeLimit {
        return ConnectorCalls(calls: calls, next: Change.ID(first))
      }
      last = first - 1
      size = Self.grown(size, upTo: Self.callSizes.last)
    }
    return ConnectorCalls(calls: calls, next: nil)
  }

  /// The condition that selects the newest changes from `:first` to `:last` that pointed a step at `:connector`.
  ///
  /// A change without an effect begins a period only if it is the first applied change of its step.
  static let callsOfConnector = """
    WHERE change.after_connector = :connector AND change.id BETWEEN :first AND :last
      AND change.address IS NOT NULL AND change.result = 'applied'
      AND (
        (\(isEffective))
        OR NOT EXISTS (
          SELECT 1 FROM change AS older
          WHERE older.address = change.address AND older.result = 'applied' AND older.id < change.id
        )
      )
    ORDER BY change.id DESC LIMIT :limit
    """

  /// The condition that selects the newest changes from `:first` to `:last` that are the first applied change of their
  /// step and pointed the step away from `:connector`.
  ///
  /// Such a step called the connector before this change. The start of that period is not recorded.
  static let firstEndsOfConnector = """
    WHERE change.before_connector = :connector AND change.id BETWEEN :first AND :last
      AND change.address IS NOT NULL AND \(isEffective)
      AND NOT EXISTS (
        SELECT 1 FROM change AS older
        WHERE older.address = change.address AND older.result = 'applied' AND older.id < change.id
      )
    ORDER BY change.id DESC LIMIT :limit
    """

  /// Returns the change that ended the period that another change began, or nil if the period has not ended.
  private static func end(of change: Change, _ rows: ChangeRows, _ db: any LedgerConnection) throws -> Change? {
    guard let address = change.intent.subject.address, let row = try row(of: address, db) else { return nil }
    return try rows.checked(
      "WHERE change.address = :address AND \(isEffective) AND change.id > :id ORDER BY change.id LIMIT 1",
      ["address": row, "id": change.id.number]
    ).first
  }
}
