import GRDB
import ReflogModel

/// Purges in the ledger's file: what was asked for, how far it came, and what went.
enum PurgeRows {
  /// A purge and how far it came: changes and events up to these ids were looked at.
  struct State {
    let purge: Purge
    let change: Int64
    let event: Int64
  }

  /// The purge that is under way, or the newest.
  static func newest(_ db: Database) throws -> State? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT id, before, asked, finished, change, event FROM purge ORDER BY id DESC LIMIT 1")
    ).map { row in
      let purge = Purge(
        id: row["id"],
        before: Timestamp(microseconds: row["before"]),
        asked: Timestamp(microseconds: row["asked"]),
        finished: (row["finished"] as Int64?).map(Timestamp.init(microseconds:))
      )
      return State(purge: purge, change: row["change"], event: row["event"])
    }
  }

  static func insert(before: Timestamp, asked: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO purge (before, asked) VALUES (:before, :asked)",
      arguments: ["before": before.microseconds, "asked": asked.microseconds]
    )
  }

  static func advance(_ purge: Purge, change: Int64, event: Int64, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE purge SET change = :change, event = :event WHERE id = :id")
      .execute(arguments: ["id": purge.id, "change": change, "event": event])
  }

  static func finish(_ purge: Purge, at time: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE purge SET finished = :time WHERE id = :id AND finished IS NULL",
      arguments: ["id": purge.id, "time": time.microseconds]
    )
  }

  /// Whether this change was purged.
  static func hasPurged(_ change: Change.ID, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT last >= :id FROM purged_change WHERE first <= :id ORDER BY first DESC LIMIT 1"),
      arguments: ["id": change.number]
    ) ?? false
  }

  /// A change that may go, by what of it must go with it.
  struct Candidate {
    let id: Int64
    let intentSequence: Int64
    let outcomeSequence: Int64
  }

  /// The changes of a range of ids that may go: settled before this moment, held by nobody, and not the last that made a
  /// difference at its address. Nothing that is pending has a time of settling.
  static func changes(_ ids: ClosedRange<Int64>, before: Timestamp, _ db: Database) throws -> [Candidate] {
    try Row.fetchAll(
      db.cachedStatement(
        sql:
          "SELECT change.id, change.intent_sequence, change.outcome_sequence \(old) AND NOT \(isHeld) AND NOT \(isStanding)"
          + " ORDER BY change.id"
      ),
      arguments: arguments(ids, before)
    ).map { Candidate(id: $0[0], intentSequence: $0[1], outcomeSequence: $0[2]) }
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
          SELECT count(*), coalesce(sum(\(isHeld)), 0), coalesce(sum(NOT \(isHeld) AND \(isStanding)), 0) \(old)
          """
      ),
      arguments: arguments(ids, before)
    )
    guard let row else { return (0, 0, 0) }
    let (all, held, standing) = (row[0] as Int64, row[1] as Int64, row[2] as Int64)
    return (all - held - standing, held, standing)
  }

  /// The service events of a range of ids that may go; none while all history is held.
  static func events(_ ids: ClosedRange<Int64>, before: Timestamp, _ db: Database) throws -> [(
    id: Int64, sequence: Int64
  )] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id, sequence FROM service_event
          WHERE id BETWEEN :first AND :last AND time < :before AND kind NOT IN (\(keptKinds))
            AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL)
          ORDER BY id
          """
      ),
      arguments: arguments(ids, before)
    ).map { ($0[0], $0[1]) }
  }

  /// Deletes changes, with what is said of people in them and the salts of their entries.
  static func delete(_ changes: [Candidate], _ ranges: IDRanges, because event: Int64, _ db: Database) throws {
    try record(ranges, "purged_change", event, db)
    for range in ranges.ranges {
      for (table, id) in [
        ("idempotency", "change"), ("change_personal", "change"), ("change_statement", "change"), ("change", "id"),
      ] {
        try delete(table, id, range, db)
      }
    }
    try forgetSalts(changes.flatMap { [$0.intentSequence, $0.outcomeSequence] }, db)
  }

  /// The same for service events.
  static func delete(events sequences: [Int64], _ ranges: IDRanges, because event: Int64, _ db: Database) throws {
    try record(ranges, "purged_event", event, db)
    for range in ranges.ranges {
      try delete("service_event_personal", "event", range, db)
      try delete("service_event", "id", range, db)
    }
    try forgetSalts(sequences, db)
  }

  private static func record(_ ranges: IDRanges, _ table: String, _ event: Int64, _ db: Database) throws {
    let insert = try db.cachedStatement(sql: "INSERT INTO \(table) (first, last, event) VALUES (?, ?, ?)")
    for range in ranges.ranges { try insert.execute(arguments: [range.lowerBound, range.upperBound, event]) }
  }

  private static func delete(_ table: String, _ id: String, _ range: ClosedRange<Int64>, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM \(table) WHERE \(id) BETWEEN ? AND ?")
      .execute(arguments: [range.lowerBound, range.upperBound])
  }

  /// In one statement: SQLite keeps what each of many in a savepoint may have to take back.
  private static func forgetSalts(_ sequences: [Int64], _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE entry SET salt = NULL WHERE sequence IN (SELECT value FROM json_each(?))")
      .execute(arguments: [JSONValue.array(sequences.map { .integer($0) }).text])
  }

  private static func arguments(_ ids: ClosedRange<Int64>, _ before: Timestamp) -> StatementArguments {
    ["first": ids.lowerBound, "last": ids.upperBound, "before": before.microseconds]
  }

  private static let old = """
    FROM change LEFT JOIN address ON address.id = change.address
    WHERE change.id BETWEEN :first AND :last AND change.result_time < :before
    """

  private static let isHeld = """
    EXISTS (SELECT 1 FROM hold WHERE hold.flow IS NULL OR hold.flow = address.flow)
    """

  private static let isStanding = """
    (change.id IS (
      SELECT max(last.id) FROM change AS last
      WHERE last.address = change.address AND last.result = 'applied'
        AND (last.before_state <> last.after_state OR last.before_connector IS NOT last.after_connector)
    ))
    """

  private static let keptKinds = ServiceEvent.Kind.allCases.filter(\.isKept).map { "'\($0.rawValue)'" }
    .joined(separator: ", ")
}
