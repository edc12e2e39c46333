import GRDB
import ReflogModel

/// Purges in the ledger's file: what was asked for, and how far it came.
enum PurgeRows {
  /// A purge and how far it came.
  struct State {
    let purge: Purge
    let position: Position
    let claim: Claim?
  }

  /// Changes and events up to these ids were looked at since the last restart, of so many.
  struct Position: Equatable, Sendable {
    let restarts: Int64
    var change: Int64
    var event: Int64
  }

  /// What an event on record says that a purge deletes.
  struct Claim {
    let event: Int64
    /// The number of the event's entry.
    let sequence: Int64
    /// What of it is still there.
    let changes: IDRanges
    let events: IDRanges
    /// The entries that it says become empty, of all that it claimed.
    let entries: IDRanges
  }

  /// The purge that is under way, or the newest.
  static func newest(_ db: Database) throws -> State? {
    let statement = try db.cachedStatement(
      sql:
        "SELECT id, before, asked, finished, change, event, claim, deleted, restarts FROM purge ORDER BY id DESC LIMIT 1"
    )
    return try Row.fetchOne(statement).map { row in
      let purge = Purge(
        id: row["id"],
        before: Timestamp(microseconds: row["before"]),
        asked: Timestamp(microseconds: row["asked"]),
        finished: (row["finished"] as Int64?).map(Timestamp.init(microseconds:))
      )
      return State(
        purge: purge,
        position: Position(restarts: row["restarts"], change: row["change"], event: row["event"]),
        claim: try (row["claim"] as Int64?).map { try claim($0, deletedUpTo: row["deleted"], db) }
      )
    }
  }

  private static func claim(_ id: Int64, deletedUpTo deleted: Int64, _ db: Database) throws -> Claim {
    guard let event = try EventRows.logged("service_event.id = ?", [id], db).first else {
      throw LedgerError.corrupt("service event \(id) is missing")
    }
    return Claim(
      event: id,
      sequence: event.sequence,
      changes: event.content.ids("changes").above(deleted),
      events: event.content.ids("events").above(deleted),
      entries: event.content.ids("entries")
    )
  }

  static func insert(before: Timestamp, asked: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO purge (before, asked) VALUES (:before, :asked)",
      arguments: ["before": before.microseconds, "asked": asked.microseconds]
    )
  }

  /// Everything up to these ids was looked at, and nothing is claimed.
  static func advance(_ purge: Purge, to position: Position, _ db: Database) throws {
    try db.cachedStatement(
      sql: "UPDATE purge SET change = :change, event = :event, claim = NULL, deleted = 0 WHERE id = :id"
    ).execute(arguments: ["id": purge.id, "change": position.change, "event": position.event])
  }

  /// Nothing was looked at yet, and nothing is claimed.
  static func restart(_ purge: Purge, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE purge SET change = 0, event = 0, claim = NULL, deleted = 0, restarts = restarts + 1 WHERE id = ?",
      arguments: [purge.id]
    )
  }

  static func claim(by event: Int64, _ purge: Purge, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE purge SET claim = :event, deleted = 0 WHERE id = :id")
      .execute(arguments: ["id": purge.id, "event": event])
  }

  /// What is claimed went up to this id.
  static func delete(upTo id: Int64, _ purge: Purge, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE purge SET deleted = :deleted WHERE id = :id")
      .execute(arguments: ["id": purge.id, "deleted": id])
  }

  /// Says that it goes further than it was asked to at first.
  static func extend(_ purge: Purge, before: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE purge SET before = :before WHERE id = :id",
      arguments: ["id": purge.id, "before": before.microseconds]
    )
  }

  /// Finishes it, if it is still as it was when nothing was left to do.
  static func finish(_ state: State, at time: Timestamp, _ db: Database) throws {
    guard let now = try newest(db), now.purge.id == state.purge.id, now.claim == nil, now.position == state.position
    else {
      return
    }
    try db.execute(
      sql: "UPDATE purge SET finished = :time WHERE id = :id AND finished IS NULL",
      arguments: ["id": state.purge.id, "time": time.microseconds]
    )
  }

  /// Whether this change was purged.
  static func hasPurged(_ change: Change.ID, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT last >= :id FROM purged_change WHERE first <= :id ORDER BY first DESC LIMIT 1"),
      arguments: ["id": change.number]
    ) ?? false
  }
}
