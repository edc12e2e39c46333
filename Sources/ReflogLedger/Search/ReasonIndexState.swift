import ReflogModel
import ReflogStorage

/// The row of the index of reasons: it identifies the ledger, and contains the newest claim whose reasons were removed.
struct ReasonIndexState: Sendable {
  /// The number of letters with a form in lower case, which identifies the rules that changed the texts to lower case.
  let letters: Int
  /// The number of change ids in the range of each segment.
  let segmentSize: Int64
  /// The name of the ledger's log.
  let origin: String?
  /// The id of the newest service event that claimed data for a deletion, or 0 if there is none.
  ///
  /// The reasons of all changes that this claim and earlier claims list were removed from the index.
  let claim: Int64
  /// The sequence number of a log entry that shows to which ledger the index belongs.
  ///
  /// When reasons were last added to the index, the newest change in the ledger was the change of this entry.
  let sequence: Int64
  /// The hash of this log entry.
  let hash: [UInt8]

  /// Reads the row of an index, or returns nil if the index is empty.
  init?(_ db: Connection) throws {
    let found = try db.first("SELECT letters, segment_size, origin, claim, sequence, hash FROM state") { row in
      ReasonIndexState(
        letters: Int(try row.integer(0)),
        segmentSize: try row.integer(1),
        origin: try row.text(2),
        claim: try row.integer(3),
        sequence: try row.integer(4),
        hash: Array(try row.blob(5))
      )
    }
    guard let found else { return nil }
    self = found
  }

  private init(letters: Int, segmentSize: Int64, origin: String?, claim: Int64, sequence: Int64, hash: [UInt8]) {
    (self.letters, self.segmentSize, self.origin) = (letters, segmentSize, origin)
    (self.claim, self.sequence, self.hash) = (claim, sequence, hash)
  }

  /// Creates the row for an index of a ledger whose newest change is `change`, with segments of this size.
  init(of ledger: any LedgerConnection, newest change: Int64, segmentSize: Int64) throws {
    let entry = try ledger.first(
      """
      SELECT entry.sequence, entry.hash FROM change JOIN entry ON entry.sequence = change.intent_sequence
      WHERE change.id = ?
      """,
      [change]
    ) { row in (try row.integer(0), Array(try row.blob(1))) }
    guard let (sequence, hash) = entry else { throw LedgerError.corrupt("the entry of change \(change) is missing") }
    self.init(
      letters: SearchText.knownLetters,
      segmentSize: segmentSize,
      origin: try Self.origin(ledger),
      claim: try ReasonClaims.newest(ledger),
      sequence: sequence,
      hash: hash
    )
  }

  /// Returns whether the index was built from this ledger and with segments of this size.
  func fits(_ ledger: any LedgerConnection, segmentSize: Int64) throws -> Bool {
    let found = try ledger.first("SELECT hash FROM entry WHERE sequence = ?", [sequence]) { Array(try $0.blob(0)) }
    return try found == hash && letters == SearchText.knownLetters && self.segmentSize == segmentSize
      && origin == Self.origin(ledger) && claim <= ReasonClaims.newest(ledger)
  }

  /// Writes the row to the index.
  func store(_ db: Connection) throws {
    try db.execute(
      """
      INSERT OR REPLACE INTO state (id, letters, segment_size, origin, claim, sequence, hash)
      VALUES (1, :letters, :segmentSize, :origin, :claim, :sequence, :hash)
      """,
      [
        "letters": letters, "segmentSize": segmentSize, "origin": origin, "claim": claim, "sequence": sequence,
        "hash": hash,
      ]
    )
  }

  private static func origin(_ ledger: any LedgerConnection) throws -> String? {
    try ledger.text("SELECT origin FROM ledger")
  }
}
