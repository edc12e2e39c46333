import ReflogModel
import ReflogStorage

/// The result of one read of the ledger for the index of reasons: the changes to add next, or why no change can be
/// added.
enum ReasonBatch: Sendable {
  /// A change and its reason.
  struct Row: Sendable {
    let change: Int64
    let text: SearchText
  }

  /// The rows to add to one segment of the index.
  struct Addition: Sendable {
    /// The number of the segment.
    let segment: Int64
    let rows: [Row]
    /// The newest change that was read, even if this change has no reason.
    let newest: Int64
    /// The new row that identifies the ledger.
    let state: ReasonIndexState
    /// Whether the index contains all changes after this addition.
    let isLast: Bool
  }

  /// The index does not belong to the ledger.
  case foreign
  /// The ledger has claims whose changes are possibly still in the index.
  case claimed
  /// A purge or an erasure is unfinished.
  case paused
  /// The index contains all changes.
  case none
  /// Changes that the index does not contain yet.
  case addition(Addition)

  /// The maximum number of changes in a batch.
  private static let size = 1000

  /// Reads changes that the index does not contain, beginning with the newest segment.
  ///
  /// - Parameters:
  ///   - state: The row of the index, or nil if the index is empty.
  ///   - segments: The segments of the index.
  ///   - segmentSize: The number of change ids in the range of each segment.
  ///   - db: The connection to the ledger.
  init(
    for state: ReasonIndexState?,
    _ segments: ReasonSegments,
    segmentSize: Int64,
    _ db: any LedgerConnection
  ) throws {
    let isDeleting = try db.bool(
      """
      SELECT EXISTS (SELECT 1 FROM purge WHERE finished IS NULL)
        OR EXISTS (SELECT 1 FROM erasure WHERE finished IS NULL)
      """
    )
    guard !isDeleting else {
      self = .paused
      return
    }
    if let state {
      guard try state.fits(db, segmentSize: segmentSize) else {
        self = .foreign
        return
      }
      guard try state.claim == ReasonClaims.newest(db) else {
        self = .claimed
        return
      }
    }
    guard let newest = try db.integer("SELECT max(id) FROM change") else {
      self = .none
      return
    }
    let missing = segments.missing(through: newest)
    guard let ids = missing.first else {
      self = .none
      return
    }
    let rows = try db.rows(
      "SELECT change, reason FROM change_personal WHERE change BETWEEN ? AND ? ORDER BY change LIMIT ?",
      [ids.lowerBound, ids.upperBound, Self.size]
    ) { row in (change: try row.integer(0), reason: try row.optionalText(1)) }
    let isComplete = rows.count < Self.size
    self = .addition(
      Addition(
        segment: segments.number(of: ids.lowerBound),
        rows: rows.compactMap { row in row.reason.map { Row(change: row.change, text: SearchText($0)) } },
        newest: isComplete ? ids.upperBound : rows.last?.change ?? ids.upperBound,
        state: try ReasonIndexState(of: db, newest: newest, segmentSize: segmentSize),
        isLast: isComplete && missing.count == 1
      )
    )
  }
}
