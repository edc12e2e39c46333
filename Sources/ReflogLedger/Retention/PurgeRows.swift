import ReflogModel
import ReflogStorage

/// The purges in the ledger's file, each with its request and its progress.
enum PurgeRows {
  /// A purge and its progress.
  struct State {
    let purge: Purge
    let position: Position
    /// The rows that the purge deletes next, or nil if no event has claimed rows.
    let claim: Claim?
  }

  /// The last change and the last event that the purge has examined, and how often the purge has started again.
  ///
  /// When a purge starts again, it examines the history from the oldest changes on.
  struct Position: Equatable, Sendable {
    let restarts: Int64
    var change: Int64
    var event: Int64
  }

  /// The rows that an event claims for deletion by a purge.
  struct Claim {
    let event: Int64
    /// The changes that are not deleted yet.
    let changes: IDRanges
    /// The service events that are not deleted yet.
    let events: IDRanges
    /// The entries of all changes and events in the claim, also of changes and events that are already deleted.
    let entries: IDRanges
  }

  /// Returns the newest purge, which may be unfinished, or nil if there is none.
  static func newest(_ db: Connection) throws -> State? {
    try db.first(
      "SELECT id, before, asked, finished, change, event, claim, deleted, restarts FROM purge ORDER BY id DESC LIMIT 1"
    ) { row in
      let deleted = try row.integer(7)
      return State(
        purge: Purge(
          id: try row.integer(0),
          before: Timestamp(microseconds: try row.integer(1)),
          asked: try row.time(2),
          finished: try row.optionalTime(3)
        ),
        position: Position(
          restarts: try row.integer(8),
          change: try row.integer(4),
          event: try row.integer(5)
        ),
        claim: try row.optionalInteger(6).map { try claim($0, deletedUpTo: deleted, db) }
      )
    }
  }

  /// Returns the claim that an event records, without the rows that are already deleted.
  private static func claim(_ id: Int64, deletedUpTo deleted: Int64, _ db: Connection) throws -> Claim {
    guard let event = try EventRows.checked("service_event.id = ?", [id], db).first else {
      throw LedgerError.corrupt("service event \(id) of a purge is missing")
    }
    return Claim(
      event: id,
      changes: event.content.ids("changes").above(deleted),
      events: event.content.ids("events").above(deleted),
      entries: event.content.ids("entries")
    )
  }

  /// Records a requested purge.
  static func insert(before: Timestamp, asked: Timestamp, _ db: Connection) throws {
    try db.execute(
      "INSERT INTO purge (before, asked) VALUES (:before, :asked)",
      ["before": before.microseconds, "asked": asked.microseconds]
    )
  }

  /// Records that the history up to a position was examined, and removes the claim.
  static func advance(_ purge: Purge, to position: Position, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET change = :change, event = :event, claim = NULL, deleted = 0 WHERE id = :id",
      ["id": purge.id, "change": position.change, "event": position.event]
    )
  }

  /// Records that the purge starts again, and removes the claim.
  static func restart(_ purge: Purge, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET change = 0, event = 0, claim = NULL, deleted = 0, restarts = restarts + 1 WHERE id = ?",
      [purge.id]
    )
  }

  /// Records the event that claims the rows that the purge deletes next.
  static func claim(by event: Int64, _ purge: Purge, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET claim = :event, deleted = 0 WHERE id = :id",
      ["id": purge.id, "event": event]
    )
  }

  /// Records that the claimed rows up to an id are deleted.
  static func delete(upTo id: Int64, _ purge: Purge, _ db: Connection) throws {
    try db.execute("UPDATE purge SET deleted = :deleted WHERE id = :id", ["id": purge.id, "deleted": id])
  }

  /// Records that the purge deletes history up to a later moment than the first request contained.
  static func extend(_ purge: Purge, before: Timestamp, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET before = :before WHERE id = :id",
      ["id": purge.id, "before": before.microseconds]
    )
  }

  /// Records that a purge is finished, unless the state of the purge has changed since `state` was read.
  static func finish(_ state: State, at time: Timestamp, _ db: Connection) throws {
    guard let now = try newest(db), now.purge.id == state.purge.id, now.claim == nil, now.position == state.position
    else {
      return
    }
    try db.execute(
      "UPDATE purge SET finished = :time WHERE id = :id AND finished IS NULL",
      ["id": state.purge.id, "time": time.microseconds]
    )
  }

  /// Returns whether a change was purged.
  static func hasPurged(_ change: Change.ID, _ db: Connection) throws -> Bool {
    try db.bool(
      "SELECT last >= :id FROM purged_change WHERE first <= :id ORDER BY first DESC LIMIT 1",
      ["id": change.number]
    )
  }
}
