import ReflogModel
import ReflogStorage

/// The purges in the ledger's file, each with its request and its progress.
enum PurgeRows {
  /// A purge and its progress.
  struct State {
    let purge: Purge
    let position: Position
  }

  /// The progress of a purge: the last examined change, the last examined event, and the number of restarts.
  ///
  /// When a purge restarts, it examines the history again, beginning with the oldest changes.
  struct Position: Equatable, Sendable {
    let restarts: Int64
    var change: Int64
    var event: Int64
  }

  /// A claim with rows that are not deleted yet.
  struct OpenClaim {
    let event: Int64
    /// The id of the purge that recorded the claim, or nil if the claim has none.
    let purge: Int64?
    /// The ranges of changes in the claim that are not deleted yet.
    ///
    /// A range is always deleted as a whole in one transaction.
    let changes: [ClosedRange<Int64>]
    /// The ranges of service events in the claim that are not deleted yet.
    let events: [ClosedRange<Int64>]
    /// The entries of all changes and events in the claim, including changes and events that are already deleted.
    let entries: IDRanges
  }

  /// Returns the newest purge, which may be unfinished, or nil if there is none.
  static func newest(_ db: any LedgerConnection) throws -> State? {
    try db.first("\(select) ORDER BY id DESC LIMIT 1") { try state($0) }
  }

  /// Returns all purges, oldest first.
  static func all(_ db: any LedgerConnection) throws -> [Purge] {
    try db.rows("\(select) ORDER BY id") { try state($0).purge }
  }

  private static let select = "SELECT id, before, asked, finished, change, event, restarts FROM purge"

  private static func state(_ row: Row) throws -> State {
    State(
      purge: Purge(
        id: try row.integer(0),
        before: Timestamp(microseconds: try row.integer(1)),
        asked: try row.time(2),
        finished: try row.optionalTime(3)
      ),
      position: Position(
        restarts: try row.integer(6),
        change: try row.integer(4),
        event: try row.integer(5)
      )
    )
  }

  /// Returns the newest claim and the ranges that must still be deleted. The result is nil if all ranges are deleted.
  static func openClaim(_ db: any LedgerConnection) throws -> OpenClaim? {
    guard let claim = try Claim(.purged, unless: .purgeWithdrawn, db) else { return nil }
    let open = OpenClaim(
      event: claim.event.id,
      purge: claim.details["purge"]?.wholeNumber,
      changes: try existing(claim.ids("changes"), "change", db),
      events: try existing(claim.ids("events"), "service_event", db),
      entries: claim.ids("entries")
    )
    return open.changes.isEmpty && open.events.isEmpty ? nil : open
  }

  /// The maximum number of ids in one range of a claim.
  ///
  /// One transaction deletes at least one range, so the limit keeps the transaction short and other writes wait only a
  /// short time.
  static let pieceLength: Int64 = 500

  /// Returns the ranges of a claim that still have at least one row in a table.
  private static func existing(_ ids: IDRanges, _ table: String, _ db: any LedgerConnection) throws -> [ClosedRange<
    Int64
  >] {
    try ids.pieces(of: pieceLength).filter { range in
      try db.bool(
        "SELECT EXISTS (SELECT 1 FROM \(table) WHERE id BETWEEN ? AND ?)",
        [range.lowerBound, range.upperBound]
      )
    }
  }

  /// Records a requested purge.
  static func insert(before: Timestamp, asked: Timestamp, _ db: any LedgerConnection) throws {
    try db.execute(
      "INSERT INTO purge (before, asked) VALUES (:before, :asked)",
      ["before": before.microseconds, "asked": asked.microseconds]
    )
  }

  /// Records that the history up to a position was examined.
  static func advance(_ purge: Purge, to position: Position, _ db: any LedgerConnection) throws {
    try db.execute(
      "UPDATE purge SET change = :change, event = :event WHERE id = :id",
      ["id": purge.id, "change": position.change, "event": position.event]
    )
  }

  /// Records that the purge starts again.
  static func restart(_ purge: Purge, _ db: any LedgerConnection) throws {
    try db.execute(
      "UPDATE purge SET change = 0, event = 0, restarts = restarts + 1 WHERE id = ?",
      [purge.id]
    )
  }

  /// Records a later moment up to which an unfinished purge deletes history.
  static func extend(_ purge: Purge, before: Timestamp, _ db: any LedgerConnection) throws {
    try db.execute(
      "UPDATE purge SET before = :before WHERE id = :id",
      ["id": purge.id, "before": before.microseconds]
    )
  }

  /// Records that a purge is finished; does nothing if the purge changed after `state` was read.
  static func finish(_ state: State, at time: Timestamp, _ db: any LedgerConnection) throws {
    guard let now = try newest(db), now.purge.id == state.purge.id, now.position == state.position,
      try openClaim(db) == nil
    else { return }
    try db.execute(
      "UPDATE purge SET finished = :time WHERE id = :id AND finished IS NULL",
      ["id": state.purge.id, "time": time.microseconds]
    )
  }

  /// Returns whether a change was purged.
  static func hasPurged(_ change: Change.ID, _ db: any LedgerConnection) throws -> Bool {
    try db.bool(
      "SELECT last >= :id FROM purged_change WHERE first <= :id ORDER BY first DESC LIMIT 1",
      ["id": change.number]
    )
  }
}
