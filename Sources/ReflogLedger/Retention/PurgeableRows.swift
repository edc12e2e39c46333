import ReflogModel
import ReflogStorage

/// Finds the changes and events that a purge may delete, and deletes them.
enum PurgeableRows {
  /// Returns those ids in a range whose changes may be deleted.
  ///
  /// A change may be deleted under three conditions: the change was settled earlier than the time `before`, no legal
  /// hold covers the change, and the change did not set the current reference of its address. A pending change is never
  /// deleted, because it is not settled.
  static func changes(
    _ ids: ClosedRange<Int64>,
    before: Timestamp,
    limit: Int = .max,
    _ db: any LedgerConnection
  ) throws -> [Int64] {
    try db.integers(
      "SELECT change.id \(old) AND NOT \(RetentionRows.isHeld) AND NOT \(isKept) ORDER BY change.id LIMIT :limit",
      arguments(ids, before) + ["limit": limit]
    )
  }

  /// Counts the changes in a range that were settled earlier than the time `before`.
  ///
  /// In the result, `changes` is the number of changes that may be deleted, and `held` is the number of changes under a
  /// legal hold. `kept` is the number of changes that set the current reference of their address and are not under a
  /// legal hold.
  static func count(
    _ ids: ClosedRange<Int64>,
    before: Timestamp,
    _ db: any LedgerConnection
  ) throws -> (changes: Int64, held: Int64, kept: Int64) {
    let counts = try db.first(
      """
      SELECT count(*), count(*) FILTER (WHERE \(RetentionRows.isHeld)),
        count(*) FILTER (WHERE NOT \(RetentionRows.isHeld) AND \(isKept)) \(old)
      """,
      arguments(ids, before)
    ) { row in (all: try row.integer(0), held: try row.integer(1), kept: try row.integer(2)) }
    guard let counts else { return (0, 0, 0) }
    return (counts.all - counts.held - counts.kept, counts.held, counts.kept)
  }

  /// Returns those ids in a range whose service events may be deleted.
  ///
  /// The result has no ids if a legal hold covers all history.
  static func events(
    _ ids: ClosedRange<Int64>,
    before: Timestamp,
    limit: Int = .max,
    _ db: any LedgerConnection
  ) throws -> [Int64] {
    try db.integers(
      """
      SELECT id FROM service_event
      WHERE id BETWEEN :first AND :last AND time < :before AND kind NOT IN (\(keptKinds))
        AND NOT \(RetentionRows.isEverythingHeld)
      ORDER BY id LIMIT :limit
      """,
      arguments(ids, before) + ["limit": limit]
    )
  }

  /// Returns the sequence numbers of the entries of changes.
  static func entries(ofChanges ids: IDRanges, _ db: any LedgerConnection) throws -> IDRanges {
    try sequences(ids, "change", ["intent_sequence", "outcome_sequence"], db)
  }

  /// Returns the sequence numbers of the entries of service events.
  static func entries(ofEvents ids: IDRanges, _ db: any LedgerConnection) throws -> IDRanges {
    try sequences(ids, "service_event", ["sequence"], db)
  }

  /// Deletes changes, with their personal data and the salts of their entries.
  ///
  /// `event` is the id of a service event that must list exactly these ranges.
  static func delete(changes: [ClosedRange<Int64>], because event: Int64, _ db: any LedgerConnection) throws {
    try record(changes, "purged_change", event, db)
    let entries = try entries(ofChanges: IDRanges(ranges: changes), db)
    for range in changes {
      try delete("change_personal", "change", range, db)
      try delete("change_statement", "change", range, db)
      try delete("freeze_override", "change", range, db)
      try delete("change", "id", range, db)
    }
    try empty(entries, db)
  }

  /// Deletes service events, with their personal data and the salts of their entries.
  ///
  /// `event` is the id of a service event that must list exactly these ranges.
  static func delete(events: [ClosedRange<Int64>], because event: Int64, _ db: any LedgerConnection) throws {
    try record(events, "purged_event", event, db)
    let entries = try entries(ofEvents: IDRanges(ranges: events), db)
    for range in events {
      try delete("service_event_personal", "event", range, db)
      try delete("service_event", "id", range, db)
    }
    try empty(entries, db)
  }

  /// Records in a table which ids are deleted; `event` is the service event that claimed the rows.
  private static func record(
    _ ranges: [ClosedRange<Int64>],
    _ table: String,
    _ event: Int64,
    _ db: any LedgerConnection
  ) throws {
    for range in ranges {
      try db.execute(
        "INSERT INTO \(table) (first, last, event) VALUES (?, ?, ?)",
        [range.lowerBound, range.upperBound, event]
      )
    }
  }

  /// Deletes the rows of a table in a range of ids.
  private static func delete(_ table: String, _ id: String, _ range: ClosedRange<Int64>, _ db: any LedgerConnection)
    throws
  {
    try db.execute("DELETE FROM \(table) WHERE \(id) BETWEEN ? AND ?", [range.lowerBound, range.upperBound])
  }

  /// Returns all sequence numbers that these columns contain in the rows with these ids.
  private static func sequences(
    _ ids: IDRanges,
    _ table: String,
    _ columns: [String],
    _ db: any LedgerConnection
  ) throws -> IDRanges {
    let sequences = try ids.ranges.flatMap { range in
      try columns.flatMap { column in
        try db.integers(
          "SELECT \(column) FROM \(table) WHERE id BETWEEN ? AND ? AND \(column) IS NOT NULL",
          [range.lowerBound, range.upperBound]
        )
      }
    }
    return IDRanges(Set(sequences).sorted())
  }

  /// Deletes the salts of entries and the ids of their changes and events, but keeps the sequence numbers and the
  /// hashes.
  ///
  /// One SQL statement updates all entries, because many statements need more memory: SQLite keeps the data for a
  /// rollback of each statement.
  private static func empty(_ entries: IDRanges, _ db: any LedgerConnection) throws {
    try db.execute(
      """
      UPDATE entry SET
        salt = NULL, change = CASE WHEN change IS NOT NULL THEN 0 END, event = CASE WHEN event IS NOT NULL THEN 0 END
      WHERE sequence IN (\(db.dialect.numbers(inArray: "?")))
      """,
      [entries.jsonArray]
    )
  }

  /// Returns the arguments for the SQL conditions that select old changes and old events.
  private static func arguments(_ ids: ClosedRange<Int64>, _ before: Timestamp) -> SQLArguments {
    ["first": ids.lowerBound, "last": ids.upperBound, "before": before.microseconds]
  }

  /// The SQL that selects those changes in a range of ids that were settled earlier than `:before`.
  private static let old = """
    FROM change LEFT JOIN address ON address.id = change.address
    WHERE change.id BETWEEN :first AND :last AND change.result_time < :before
    """

  /// The SQL condition that a change set the current reference of its address.
  private static let isKept = """
    (change.id IS NOT DISTINCT FROM (
      SELECT kept_change.change FROM kept_change WHERE kept_change.address = change.address
    ))
    """

  /// The kinds of service events that are never deleted.
  private static let keptKinds = ServiceEvent.Kind.allCases.filter(\.isKept).map { "'\($0.rawValue)'" }
    .joined(separator: ", ")
}
