import GRDB
import ReflogModel

/// What of the ledger may go, and its going.
enum PurgeableRows {
  /// The changes of a range of ids that may go: settled before this moment, held by nobody, and not what stands at its
  /// address. Nothing that is pending has a time of settling.
  static func changes(_ ids: ClosedRange<Int64>, before: Timestamp, limit: Int = .max, _ db: Database) throws -> [Int64]
  {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT change.id \(old) AND NOT \(RetentionRows.isHeld) AND NOT \(isStanding) ORDER BY change.id LIMIT :limit
          """
      ),
      arguments: arguments(ids, before) + ["limit": limit]
    )
  }

  /// How many of a range would go, how many are held, and how many stand and stay in any case.
  static func count(
    _ ids: ClosedRange<Int64>,
    before: Timestamp,
    _ db: Database
  ) throws -> (changes: Int64, held: Int64, standing: Int64) {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT count(*), coalesce(sum(\(RetentionRows.isHeld)), 0),
            coalesce(sum(NOT \(RetentionRows.isHeld) AND \(isStanding)), 0) \(old)
          """
      ),
      arguments: arguments(ids, before)
    )
    guard let row else { return (0, 0, 0) }
    let (all, held, standing) = (row[0] as Int64, row[1] as Int64, row[2] as Int64)
    return (all - held - standing, held, standing)
  }

  /// The service events of a range of ids that may go; none while all history is held.
  static func events(_ ids: ClosedRange<Int64>, before: Timestamp, limit: Int = .max, _ db: Database) throws -> [Int64]
  {
    try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id FROM service_event
          WHERE id BETWEEN :first AND :last AND time < :before AND kind NOT IN (\(keptKinds))
            AND NOT \(RetentionRows.isEverythingHeld)
          ORDER BY id LIMIT :limit
          """
      ),
      arguments: arguments(ids, before) + ["limit": limit]
    )
  }

  /// The numbers of the entries of changes.
  static func entries(ofChanges ids: IDRanges, _ db: Database) throws -> IDRanges {
    try sequences(ids, "change", ["intent_sequence", "outcome_sequence"], db)
  }

  /// The numbers of the entries of service events.
  static func entries(ofEvents ids: IDRanges, _ db: Database) throws -> IDRanges {
    try sequences(ids, "service_event", ["sequence"], db)
  }

  /// Deletes changes, with what is said of people in them and the salts of their entries.
  static func delete(changes: IDRanges, because event: Int64, _ db: Database) throws {
    try record(changes, "purged_change", event, db)
    let entries = try entries(ofChanges: changes, db)
    for range in changes.ranges {
      for (table, id) in [
        ("idempotency", "change"), ("change_personal", "change"), ("change_statement", "change"), ("change", "id"),
      ] {
        try delete(table, id, range, db)
      }
    }
    try empty(entries, db)
  }

  /// The same for service events.
  static func delete(events: IDRanges, because event: Int64, _ db: Database) throws {
    try record(events, "purged_event", event, db)
    let entries = try entries(ofEvents: events, db)
    for range in events.ranges {
      try delete("service_event_personal", "event", range, db)
      try delete("service_event", "id", range, db)
    }
    try empty(entries, db)
  }

  private static func record(_ ranges: IDRanges, _ table: String, _ event: Int64, _ db: Database) throws {
    let insert = try db.cachedStatement(sql: "INSERT INTO \(table) (first, last, event) VALUES (?, ?, ?)")
    for range in ranges.ranges { try insert.execute(arguments: [range.lowerBound, range.upperBound, event]) }
  }

  private static func delete(_ table: String, _ id: String, _ range: ClosedRange<Int64>, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(id) BETWEEN ? AND ?")
      .execute(arguments: [range.lowerBound, range.upperBound])
  }

  /// The numbers of the entries that these columns of rows name.
  private static func sequences(
    _ ids: IDRanges,
    _ table: String,
    _ columns: [String],
    _ db: Database
  ) throws -> IDRanges {
    let named = try ids.ranges.flatMap { range in
      try columns.flatMap { column in
        try Int64.fetchAll(
          db.cachedStatement(
            sql: "SELECT \(column) FROM \(table) WHERE id BETWEEN ? AND ? AND \(column) IS NOT NULL"
          ),
          arguments: [range.lowerBound, range.upperBound]
        )
      }
    }
    return IDRanges(Set(named).sorted())
  }

  /// Leaves of entries no more than their hashes. In one statement: SQLite keeps what each of many in a savepoint may have to take back.
  private static func empty(_ entries: IDRanges, _ db: Database) throws {
    let numbers = JSONValue.array(entries.ranges.joined().map { .integer($0) })
    try db.cachedStatement(
      sql: """
        UPDATE entry SET salt = NULL, change = iif(change IS NULL, NULL, 0), event = iif(event IS NULL, NULL, 0)
        WHERE sequence IN (SELECT value FROM json_each(?))
        """
    )
    .execute(arguments: [numbers.text])
  }

  private static func arguments(_ ids: ClosedRange<Int64>, _ before: Timestamp) -> StatementArguments {
    ["first": ids.lowerBound, "last": ids.upperBound, "before": before.microseconds]
  }

  private static let old = """
    FROM change LEFT JOIN address ON address.id = change.address
    WHERE change.id BETWEEN :first AND :last AND change.result_time < :before
    """

  private static let isStanding =
    "(change.id IS (SELECT standing.change FROM standing WHERE standing.address = change.address))"

  private static let keptKinds = ServiceEvent.Kind.allCases.filter(\.isKept).map { "'\($0.rawValue)'" }
    .joined(separator: ", ")
}
