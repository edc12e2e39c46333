import ReflogModel
import ReflogStorage

/// The row of the index of reasons that identifies the ledger and the newest change in the index.
struct ReasonIndexState: Sendable {
  /// The number of letters with a form in lower case, which identifies the rules that changed the texts.
  let letters: Int
  /// The name of the ledger's log.
  let origin: String?
  /// The id of the newest service event that claimed data for a deletion, or 0 if there is none.
  let claim: Int64
  /// The id of the newest change in the index.
  let through: Int64
  /// The sequence number of the log entry that recorded the change `through`.
  let sequence: Int64
  /// The hash of this log entry.
  let hash: [UInt8]

  /// Reads the row of an index, or returns nil if the index is empty.
  init?(_ db: Connection) throws {
    let found = try db.first("SELECT letters, origin, claim, through, sequence, hash FROM state") { row in
      ReasonIndexState(
        letters: Int(try row.integer(0)),
        origin: try row.text(1),
        claim: try row.integer(2),
        through: try row.integer(3),
        sequence: try row.integer(4),
        hash: Array(try row.blob(5))
      )
    }
    guard let found else { return nil }
    self = found
  }

  private init(letters: Int, origin: String?, claim: Int64, through: Int64, sequence: Int64, hash: [UInt8]) {
    (self.letters, self.origin, self.claim) = (letters, origin, claim)
    (self.through, self.sequence, self.hash) = (through, sequence, hash)
  }

  /// Creates the row for an index that contains the changes of a ledger up to a change.
  init(of ledger: any LedgerConnection, through change: Int64) throws {
    let entry = try ledger.first(
      """
      SELECT entry.sequence, entry.hash FROM change JOIN entry ON entry.sequence = change.intent_sequence
      WHERE change.id = ?
      """,
      [change]
    ) { row in (try row.integer(0), Array(try row.blob(1))) }
    guard let (sequence, hash) = entry else { throw LedgerError.corrupt("the entry of change \(change) is missing") }
    self.init(
      letters: Self.knownLetters,
      origin: try Self.origin(ledger),
      claim: try Self.newestClaim(ledger),
      through: change,
      sequence: sequence,
      hash: hash
    )
  }

  /// Returns whether the index was built from a ledger, and whether no data of the ledger was deleted since then.
  func fits(_ ledger: any LedgerConnection) throws -> Bool {
    let found = try ledger.first("SELECT hash FROM entry WHERE sequence = ?", [sequence]) { Array(try $0.blob(0)) }
    return try found == hash && letters == Self.knownLetters && origin == Self.origin(ledger)
      && claim == Self.newestClaim(ledger)
  }

  /// Writes the row to the index.
  func store(_ db: Connection) throws {
    try db.execute(
      """
      INSERT OR REPLACE INTO state (id, letters, origin, claim, through, sequence, hash)
      VALUES (1, :letters, :origin, :claim, :through, :sequence, :hash)
      """,
      [
        "letters": letters, "origin": origin, "claim": claim, "through": through, "sequence": sequence, "hash": hash,
      ]
    )
  }

  private static let knownLetters = UpperCaseLetters.count

  private static func origin(_ ledger: any LedgerConnection) throws -> String? {
    try ledger.text("SELECT origin FROM ledger")
  }

  private static func newestClaim(_ ledger: any LedgerConnection) throws -> Int64 {
    try ledger.integer("SELECT max(id) FROM claim_event WHERE kind IN ('purged', 'erased')") ?? 0
  }
}

/// The next changes that the index of reasons needs, read in one transaction.
enum ReasonBatch: Sendable {
  /// A change and its reason.
  struct Row: Sendable {
    let change: Int64
    let text: SearchText
  }

  /// The index does not belong to the ledger, or the ledger deleted data after the index was built.
  case foreign
  /// A purge or an erasure is unfinished.
  case paused
  /// The index contains all changes.
  case none
  /// Changes with reasons, and the row that identifies the newest of all changes that were read.
  ///
  /// `isLast` is true if there are no further changes.
  case rows([Row], ReasonIndexState, isLast: Bool)

  /// The maximum number of changes in a batch.
  private static let size = 1000

  /// Reads the changes that are newer than the changes in an index.
  ///
  /// - Parameters:
  ///   - state: The row of the index, or nil if the index is empty.
  ///   - db: The connection to the ledger.
  init(behind state: ReasonIndexState?, _ db: any LedgerConnection) throws {
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
    if let state, try !state.fits(db) {
      self = .foreign
      return
    }
    let first = state?.through ?? 0
    let rows = try db.rows(
      "SELECT change, reason FROM change_personal WHERE change > ? ORDER BY change LIMIT ?",
      [first, Self.size]
    ) { row in (change: try row.integer(0), reason: try row.optionalText(1)) }
    let isLast = rows.count < Self.size
    let last = isLast ? try db.integer("SELECT max(id) FROM change") : rows.last?.change
    guard let last, last > first else {
      self = .none
      return
    }
    self = .rows(
      rows.compactMap { row in row.reason.map { Row(change: row.change, text: SearchText($0)) } },
      try ReasonIndexState(of: db, through: last),
      isLast: isLast
    )
  }
}
