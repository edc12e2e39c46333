import ReflogModel
import ReflogStorage

/// What the next entry of a ledger needs: one row that every appending transaction reads and writes.
struct LedgerHead {
  /// The sequence number of the next entry, which is also the number of entries.
  var nextSequence: Int64
  /// The id of the next change.
  var nextChange: Int64
  /// The id of the next service event.
  var nextEvent: Int64
  /// The time of the newest entry.
  var newestTime: Timestamp
  /// The right edge of the Merkle tree of all entries.
  var frontier: MerkleFrontier
  /// The signed checkpoint of all entries, or nil before the first entry.
  var checkpoint: String?

  /// Reads the head.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the head is missing or not valid.
  init(_ db: Connection) throws {
    let head = try db.first(
      "SELECT next_sequence, next_change, next_event, newest_time, frontier, checkpoint FROM head"
    ) { try LedgerHead($0) }
    guard let head else { throw LedgerError.corrupt("the head of the log is missing") }
    self = head
  }

  /// Reads the head from its row.
  private init(_ row: Row) throws {
    nextSequence = try row.integer(0)
    nextChange = try row.integer(1)
    nextEvent = try row.integer(2)
    newestTime = Timestamp(microseconds: try row.integer(3))
    let bytes = try row.blob(4)
    var hashes: [Hash] = []
    for start in stride(from: 0, to: bytes.count - bytes.count % Hash.byteCount, by: Hash.byteCount) {
      let hash = UnsafeRawBufferPointer(rebasing: bytes[start..<start + Hash.byteCount])
      if let hash = Hash(bytes: hash) { hashes.append(hash) }
    }
    do { frontier = try MerkleFrontier(size: nextSequence, hashes: hashes) } catch {
      // Reflog always writes the number and the hashes together.
      throw LedgerError.foreignEntries(from: nextSequence)
    }
    checkpoint = try row.optionalText(5)
  }

  /// Makes the head of a new ledger.
  static func insert(_ db: Connection) throws {
    try db.execute(
      """
      INSERT INTO head (id, next_sequence, next_change, next_event, newest_time, frontier)
      VALUES (1, 0, 1, 1, 0, zeroblob(0))
      """
    )
  }

  /// Returns whether a row holds this head and no row has a higher number: then no other program appended in between.
  func isSame(as row: Row) throws -> Bool {
    guard try row.integer(0) == nextSequence, try row.integer(1) == nextChange, try row.integer(2) == nextEvent,
      try row.integer(3) == newestTime.microseconds
    else { return false }
    let newest = Newest(
      entry: try row.optionalInteger(5),
      change: try row.optionalInteger(6),
      event: try row.optionalInteger(7)
    )
    guard isEnd(of: newest) else { return false }
    // The checkpoint covers the rest of the head.
    return try row.optionalText(4).map { Array($0.utf8) } == checkpoint.map { Array($0.utf8) }
  }

  /// The numbers of the newest rows in the file, or nil if there are none.
  private struct Newest {
    let entry, change, event: Int64?
  }

  /// Returns whether no row has a higher number than this head allows.
  ///
  /// Entries are never deleted, so the last one must be just below the next number.
  private func isEnd(of newest: Newest) -> Bool {
    newest.entry ?? -1 == nextSequence - 1 && newest.change ?? 0 < nextChange && newest.event ?? 0 < nextEvent
  }

  /// The columns of ``Newest`` in SQL: three index lookups.
  static let newestColumns = """
    (SELECT max(sequence) FROM entry), (SELECT max(id) FROM change), (SELECT max(id) FROM service_event)
    """

  /// Throws `foreignEntries` if a row has a higher number than this head allows.
  func verifyEnd(_ db: Connection) throws {
    let newest = try db.first("SELECT \(Self.newestColumns)") { row in
      Newest(entry: try row.optionalInteger(0), change: try row.optionalInteger(1), event: try row.optionalInteger(2))
    }
    guard let newest, isEnd(of: newest) else { throw LedgerError.foreignEntries(from: nextSequence) }
  }

  /// Throws `foreignEntries` unless the checkpoint is of exactly these entries and signed with one of these keys.
  func verify(of origin: Origin, with keys: [VerifierKey]) throws {
    guard nextSequence > 0 || checkpoint != nil else { return }
    guard let checkpoint, let note = try? SignedNote(parsing: Array(checkpoint.utf8)),
      let signed = try? Checkpoint(opening: note, of: origin, with: keys), signed.size == nextSequence,
      signed.root == frontier.root
    else { throw LedgerError.foreignEntries(from: nextSequence) }
  }
}
