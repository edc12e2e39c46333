import Foundation
import GRDB
import ReflogModel

/// The Merkle tree and its checkpoint in the ledger's file.
enum LogRows {
  /// The log's name.
  static func origin(_ db: Database) throws -> Origin {
    guard let text = try String.fetchOne(db.cachedStatement(sql: "SELECT origin FROM ledger")) else {
      throw LedgerError.corrupt("no log has a name")
    }
    return try Origin(text)
  }

  /// How many entries there are.
  static func size(_ db: Database) throws -> Int64 { try Entries.nextSequence(db) }

  /// The newest signed checkpoint, and the key that signed it.
  static func checkpoint(_ db: Database) throws -> (size: Int64, note: String, key: String)? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT size, note, verifier_key FROM checkpoint")).map { row in
      (row[0], row[1], row[2])
    }
  }

  static func record(_ checkpoint: Checkpoint, note: String, key: String, _ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO checkpoint (id, size, note, verifier_key) VALUES (1, :size, :note, :key)
        ON CONFLICT (id) DO UPDATE SET size = excluded.size, note = excluded.note, verifier_key = excluded.verifier_key
        """
    ).execute(arguments: ["size": checkpoint.size, "note": note, "key": key])
  }

  /// Keeps the hash of a full subtree; level 1 is of 256 entries.
  static func record(_ hash: Hash, level: Int, position: Int64, _ db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT INTO subtree (level, position, hash) VALUES (?, ?, ?) ON CONFLICT (level, position) DO NOTHING"
    ).execute(arguments: [level, position, hash.data])
  }

  /// An entry as the log has it.
  struct Entry: Sendable {
    let sequence: Int64
    let hash: Hash
    let change: Int64?
    let event: Int64?
    /// Not where what it records was purged.
    let hasSalt: Bool
  }

  private enum Column: Int32 {
    case sequence, hash, change, event, hasSalt
  }

  /// Entries in order, whatever is missing between them: at most so many.
  static func entries(_ range: Range<Int64>, limit: Int = .max, _ db: Database) throws -> [Entry] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, hash, change, event, salt IS NOT NULL FROM entry WHERE sequence >= ? AND sequence < ?
        ORDER BY sequence LIMIT ?
        """
    )
    statement.arguments = [range.lowerBound, range.upperBound, limit]
    var entries: [Entry] = []
    try StatementRows<Column>.forEach(statement) { row in
      let sequence = try row.number(.sequence)
      guard let hash = try row.blob(.hash).flatMap({ Hash(bytes: $0) }) else {
        throw LedgerError.corrupt("entry \(sequence) has no hash")
      }
      entries.append(
        Entry(
          sequence: sequence,
          hash: hash,
          change: try row.optionalNumber(.change),
          event: try row.optionalNumber(.event),
          hasSalt: try row.number(.hasSalt) != 0
        )
      )
    }
    return entries
  }

  /// The hashes of entries, in order; fewer than asked for where the log ends.
  static func entryHashes(_ range: Range<Int64>, _ db: Database) throws -> [Hash] {
    try entries(range, db).map(\.hash)
  }

  /// The hashes of full subtrees of a level, in order.
  static func subtrees(level: Int, _ range: Range<Int64>, _ db: Database) throws -> [Hash] {
    try hashes(
      db.cachedStatement(
        sql: "SELECT hash FROM subtree WHERE level = ? AND position >= ? AND position < ? ORDER BY position"
      ),
      [level, range.lowerBound, range.upperBound]
    )
  }

  /// The hash of any full subtree, from what is kept: entries, and each 256 of what is below.
  static func hash(of node: MerkleTree.Node, _ db: Database) throws -> Hash {
    try MerkleTree.hash(of: node) { node in
      let (level, place) = (node.level / Tile.height, node.index..<node.index + 1)
      let found =
        level == 0
        ? try entryHashes(place, db).map(MerkleTree.leafHash(of:)) : try subtrees(level: level, place, db)
      guard let hash = found.first else {
        throw LedgerError.corrupt("the tree above the entries lacks node \(node.index) of level \(node.level)")
      }
      return hash
    }
  }

  private static func hashes(_ statement: Statement, _ arguments: StatementArguments) throws -> [Hash] {
    try Data.fetchAll(statement, arguments: arguments).map { data in
      guard let hash = Hash(bytes: data) else { throw LedgerError.corrupt("a hash has \(data.count) bytes") }
      return hash
    }
  }
}
