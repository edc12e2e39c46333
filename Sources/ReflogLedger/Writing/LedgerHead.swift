package import ReflogModel
import ReflogStorage

/// The head row of the log, which contains the numbers and the tree that are needed to append the next entry.
///
/// Every transaction that appends an entry reads and writes this row.
package struct LedgerHead: Sendable {
  /// The sequence number of the next entry, which is also the number of entries.
  package var nextSequence: Int64
  /// The id of the next change.
  package var nextChange: Int64
  /// The id of the next service event.
  package var nextEvent: Int64
  /// The time of the newest entry.
  package var newestTime: Timestamp
  /// The hashes at the right edge of the Merkle tree of all entries.
  package var frontier: MerkleFrontier
  /// The signed checkpoint that covers all entries, or nil if the log has no entry.
  package var checkpoint: String?
  /// The text (vkey) of the key that signed the checkpoint, or nil if the log has no entry.
  package var verifierKey: String?

  /// Reads the head row.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the head is missing or not valid.
  init(_ db: any LedgerConnection) throws {
    let head = try db.first(
      "SELECT next_sequence, next_change, next_event, newest_time, frontier, checkpoint, verifier_key FROM head"
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
      // Reflog always writes the number of entries together with the hashes. If the number does not match the hashes,
      // another program wrote one of the two values.
      throw LedgerError.foreignEntries(from: nextSequence)
    }
    checkpoint = try row.optionalText(5)
    verifierKey = try row.optionalText(6)
  }

  /// Inserts the head row of a new ledger.
  static func insert(_ db: any LedgerConnection) throws {
    try db.execute(
      """
      INSERT INTO head (id, next_sequence, next_change, next_event, newest_time, frontier)
      VALUES (1, 0, 1, 1, 0, :frontier)
      """,
      ["frontier": [UInt8]()]
    )
  }

  /// Returns whether the stored head row equals this head, and no row has a higher number than this head allows.
  ///
  /// If the result is false, another program wrote rows after this head was written.
  func isSame(as row: StoredHead) -> Bool {
    guard row.nextSequence == nextSequence, row.nextChange == nextChange, row.nextEvent == nextEvent,
      row.newestTime == newestTime.microseconds, isEnd(of: row.newest)
    else { return false }
    // The checkpoint contains the root of the tree, so this line also compares the hashes of the tree.
    return row.checkpoint.map { Array($0.utf8) } == checkpoint.map { Array($0.utf8) }
  }

  /// The numbers of the newest rows in the database, or nil if there are none.
  package struct Newest: Sendable {
    package let entry, change, event: Int64?

    /// Creates the numbers.
    package init(entry: Int64?, change: Int64?, event: Int64?) {
      self.entry = entry
      self.change = change
      self.event = event
    }
  }

  /// The bytes of the column `frontier`.
  package var frontierBytes: [UInt8] {
    var bytes: [UInt8] = []
    for hash in frontier.hashes { hash.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Returns whether no row has a higher number than this head allows.
  ///
  /// Reflog never deletes the row of an entry. So the highest sequence number must be the next sequence number minus 1.
  private func isEnd(of newest: Newest) -> Bool {
    newest.entry ?? -1 == nextSequence - 1 && newest.change ?? 0 < nextChange && newest.event ?? 0 < nextEvent
  }

  /// The SQL that reads the values of ``Newest`` with three index lookups.
  package static let newestColumns = """
    (SELECT max(sequence) FROM entry), (SELECT max(id) FROM change), (SELECT max(id) FROM service_event)
    """

  /// Throws `foreignEntries` if a row has a higher number than this head allows.
  func verifyEnd(_ db: any LedgerConnection) throws {
    let newest = try db.first("SELECT \(Self.newestColumns)") { row in
      Newest(entry: try row.optionalInteger(0), change: try row.optionalInteger(1), event: try row.optionalInteger(2))
    }
    guard let newest, isEnd(of: newest) else { throw LedgerError.foreignEntries(from: nextSequence) }
  }

  /// Throws `foreignEntries` if the checkpoint does not match the number of entries and the tree in this head, or if no
  /// key in `keys` signed the checkpoint.
  func verify(of origin: Origin, with keys: [VerifierKey]) throws {
    guard nextSequence > 0 || checkpoint != nil else { return }
    guard let checkpoint, let note = try? SignedNote(parsing: Array(checkpoint.utf8)),
      let signed = try? Checkpoint(opening: note, of: origin, with: keys), signed.size == nextSequence,
      signed.root == frontier.root
    else { throw LedgerError.foreignEntries(from: nextSequence) }
  }
}
