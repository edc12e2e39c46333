import ReflogModel
import ReflogStorage

/// The purges in the ledger's file: what was asked for, and how far each came.
enum PurgeRows {
  /// A purge and how far it came.
  struct State {
    let purge: Purge
    let position: Position
    let claim: Claim?
  }

  /// Changes and events up to these ids were examined since the last restart, and how often the purge restarted.
  struct Position: Equatable, Sendable {
    let restarts: Int64
    var change: Int64
    var event: Int64
  }

  /// What an event says that a purge deletes.
  struct Claim {
    let event: Int64
    /// The changes and events that are still to be deleted.
    let changes: IDRanges
    let events: IDRanges
    /// The entries of all changes and events of the claim.
    let entries: IDRanges
  }

  /// The purge that is under way, or else the newest. Nil if there is none.
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

  private static func claim(_ id: Int64, deletedUpTo deleted: Int64, _ db: Connection) throws -> Claim {
    guard let event = try EventRows.checked("service_event.id = ?", [id], db).first else {
      throw LedgerError.corrupt("a purge whose service event \(id) is missing")
    }
    return Claim(
      event: id,
      changes: event.content.ids("changes").above(deleted),
      events: event.content.ids("events").above(deleted),
      entries: event.content.ids("entries")
    )
  }

  static func insert(before: Timestamp, asked: Timestamp, _ db: Connection) throws {
    try db.execute(
      "INSERT INTO purge (before, asked) VALUES (:before, :asked)",
      ["before": before.microseconds, "asked": asked.microseconds]
    )
  }

  /// Records that everything up to a position was examined, and nothing is claimed.
  static func advance(_ purge: Purge, to position: Position, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET change = :change, event = :event, claim = NULL, deleted = 0 WHERE id = :id",
      ["id": purge.id, "change": position.change, "event": position.event]
    )
  }

  /// Records that nothing was examined yet, and nothing is claimed.
  static func restart(_ purge: Purge, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET change = 0, event = 0, claim = NULL, deleted = 0, restarts = restarts + 1 WHERE id = ?",
      [purge.id]
    )
  }

  /// Records the event that says what the purge deletes next.
  static func claim(by event: Int64, _ purge: Purge, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET claim = :event, deleted = 0 WHERE id = :id",
      ["id": purge.id, "event": event]
    )
  }

  /// Records that the claim was deleted up to an id.
  static func delete(upTo id: Int64, _ purge: Purge, _ db: Connection) throws {
    try db.execute("UPDATE purge SET deleted = :deleted WHERE id = :id", ["id": purge.id, "deleted": id])
  }

  /// Records that the purge deletes more than it was asked to at first.
  static func extend(_ purge: Purge, before: Timestamp, _ db: Connection) throws {
    try db.execute(
      "UPDATE purge SET before = :before WHERE id = :id",
      ["id": purge.id, "before": before.microseconds]
    )
  }

  /// Records that a purge is finished, if it is still in this state.
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

  /// Whether a change was purged.
  static func hasPurged(_ change: Change.ID, _ db: Connection) throws -> Bool {
    try db.bool(
      "SELECT last >= :id FROM purged_change WHERE first <= :id ORDER BY first DESC LIMIT 1",
      ["id": change.number]
    )
  }
}
