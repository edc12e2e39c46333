import ReflogModel
import ReflogStorage

/// Reads the log in the ledger's file: its entries, the Merkle tree over the entries, and the signed checkpoint.
enum LogRows {
  /// Returns the log's name.
  static func origin(_ db: any LedgerConnection) throws -> Origin {
    guard let text = try db.text("SELECT origin FROM ledger") else { throw LedgerError.corrupt("the log has no name") }
    return try Origin(text)
  }

  /// Returns the number of entries that were appended and signed.
  static func size(_ db: any LedgerConnection) throws -> Int64 {
    guard let size = try db.integer("SELECT next_sequence FROM head") else {
      throw LedgerError.corrupt("the head of the log is missing")
    }
    return size
  }

  /// Returns the number of entries, the checkpoint that covers the entries, and the key that signed the checkpoint.
  ///
  /// The result is nil if the log has no entry.
  static func checkpoint(_ db: any LedgerConnection) throws -> (size: Int64, note: String, key: String)? {
    try db.first("SELECT next_sequence, checkpoint, verifier_key FROM head WHERE checkpoint IS NOT NULL") { row in
      (try row.integer(0), try row.text(1), try row.text(2))
    }
  }

  /// The end of an SQL query, after `SELECT` and the columns. It finds each entry that was not purged and that belongs
  /// neither to a change nor to a service event.
  ///
  /// A caller appends the range of the entries.
  static let withoutRow = """
    FROM entry
    LEFT JOIN change ON change.id = entry.change
      AND entry.sequence IN (change.intent_sequence, change.outcome_sequence)
    LEFT JOIN service_event ON service_event.id = entry.event AND service_event.sequence = entry.sequence
    WHERE entry.salt IS NOT NULL AND change.id IS NULL AND service_event.id IS NULL
    """

  /// An entry of the log.
  struct Entry: Sendable {
    let sequence: Int64
    let hash: Hash
    let change: Int64?
    let event: Int64?
    /// Whether the entry has a salt; an entry without a salt was purged together with its change or event.
    let hasSalt: Bool
  }

  /// Returns at most `limit` entries in a range of sequence numbers, in order.
  ///
  /// Missing entries are left out.
  static func entries(_ range: Range<Int64>, limit: Int = .max, _ db: any LedgerConnection) throws -> [Entry] {
    var entries: [Entry] = []
    try db.forEach(
      """
      SELECT sequence, hash, change, event, salt IS NOT NULL FROM entry WHERE sequence >= ? AND sequence < ?
      ORDER BY sequence LIMIT ?
      """,
      [range.lowerBound, range.upperBound, limit]
    ) { row in
      entries.append(
        Entry(
          sequence: try row.integer(0),
          hash: try row.hash(1),
          change: try row.optionalInteger(2),
          event: try row.optionalInteger(3),
          hasSalt: try row.bool(4)
        )
      )
    }
    return entries
  }

  /// Returns the hashes of the entries in a range of sequence numbers, in order.
  ///
  /// If the log ends within the range, the result has fewer hashes than the range has numbers.
  static func entryHashes(_ range: Range<Int64>, _ db: any LedgerConnection) throws -> [Hash] {
    try entries(range, db).map(\.hash)
  }

  /// Returns the hashes of the full subtrees at a level in a range of positions, in order.
  ///
  /// A subtree at level 1 has 256 entries.
  static func subtrees(level: Int, _ range: Range<Int64>, _ db: any LedgerConnection) throws -> [Hash] {
    try db.rows(
      "SELECT hash FROM subtree WHERE level = ? AND position >= ? AND position < ? ORDER BY position",
      [level, range.lowerBound, range.upperBound]
    ) { try $0.hash(0) }
  }

  /// Returns the hash of any full subtree, computed from the stored entries and the stored hashes of subtrees.
  static func hash(of node: MerkleTree.Node, _ db: any LedgerConnection) throws -> Hash {
    try MerkleTree.hash(of: node) { node in
      let (level, range) = (node.level / Tile.height, node.index..<node.index + 1)
      let found =
        level == 0
        ? try entryHashes(range, db).map(MerkleTree.leafHash(of:)) : try subtrees(level: level, range, db)
      guard let hash = found.first else {
        throw LedgerError.corrupt("the Merkle tree has no node \(node.index) at level \(node.level)")
      }
      return hash
    }
  }
}

/// The hash and the salt that the log stores for the entry of a change or an event.
struct LoggedEntry: Sendable {
  let hash: Hash
  let salt: Salt

  /// Reads the hash and the salt from their columns, or returns nil if the entry does not exist or was purged.
  init?(_ row: Row, hash: Int, salt: Int) throws {
    guard let hash = try row.optionalHash(hash), let salt = try row.optionalSalt(salt) else { return nil }
    self.hash = hash
    self.salt = salt
  }
}
