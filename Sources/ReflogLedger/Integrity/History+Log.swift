package import ReflogModel
import ReflogStorage

extension History {
  /// The log's name.
  package func origin() async throws(LedgerError) -> Origin {
    try await read { db in try LogRows.origin(db) }
  }

  /// The signed checkpoint over all entries: its size, its note, and the key that signed it. Nil before the first entry.
  package func checkpoint() async throws(LedgerError) -> (size: Int64, note: String, key: String)? {
    try await read { db in try LogRows.checkpoint(db) }
  }

  /// The root of the tree of the first `size` entries, or nil if there are fewer.
  package func root(ofFirst size: Int64) async throws(LedgerError) -> Hash? {
    try await read { db in
      guard size <= (try LogRows.size(db)) else { return nil }
      return try MerkleFrontier(size: size) { try LogRows.hash(of: $0, db) }.root
    }
  }

  /// Whether the entries that a checkpoint was signed over are the first of this ledger.
  package func holds(_ checkpoint: Checkpoint) async throws(LedgerError) -> Bool {
    guard try await origin() == checkpoint.origin else { return false }
    return try await root(ofFirst: checkpoint.size) == checkpoint.root
  }

  /// The bytes of a tile (C2SP tlog-tiles), or nil if the checkpoint does not cover it.
  package func tile(_ tile: Tile) async throws(LedgerError) -> [UInt8]? {
    try await read { db in
      guard let size = try LogRows.checkpoint(db)?.size, tile.isCovered(byTreeOf: size) else { return nil }
      switch tile.content {
      case .entries:
        return try EntryBundle(entries: try LogRows.entryHashes(tile.range, db).map(\.bytes)).bytes
      case .hashes(level: 0):
        return Tile.bytes(of: try LogRows.entryHashes(tile.range, db).map(MerkleTree.leafHash(of:)))
      case .hashes(let level):
        return Tile.bytes(of: try LogRows.subtrees(level: level, tile.range, db))
      }
    }
  }

  /// The records of a change as they were hashed: that of its first entry, and behind it that of its outcome if it has one. Nil if
  /// there is no such change. Throws ``LedgerError/altered(_:)`` if its row is not what was logged.
  package func records(of id: Change.ID) async throws(LedgerError) -> [[UInt8]]? {
    try await read { db in try stored(id, db)?.checkedEntries().map(\.record.bytes) }
  }

  /// The proof that the newest entry of a change is in the log, with its record. Nil if there is no such change, or the checkpoint does
  /// not cover it. Throws ``LedgerError/altered(_:)`` if its row is not what was logged.
  package func proof(of id: Change.ID) async throws(LedgerError) -> TransparencyProof? {
    try await read { db in
      guard let newest = try stored(id, db)?.checkedEntries().last, let signed = try LogRows.checkpoint(db),
        newest.sequence < signed.size
      else { return nil }
      return try TransparencyProof(
        index: newest.sequence,
        hashes: try MerkleTree.inclusionProof(of: newest.sequence, inTreeOf: signed.size) {
          try LogRows.hash(of: $0, db)
        },
        checkpoint: try SignedNote(parsing: Array(signed.note.utf8)),
        extra: newest.record.bytes
      )
    }
  }

  private func stored(_ id: Change.ID, _ db: Connection) throws -> StoredChange? {
    try ChangeRows(db, identities).stored("WHERE change.id = ?", [id.number]).first
  }
}
