package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the log's name.
  package func origin() async throws(LedgerError) -> Origin {
    try await read { db in try LogRows.origin(db) }
  }

  /// Returns the number of entries, the signed checkpoint that covers them, and the key that signed the checkpoint.
  ///
  /// The result is nil if the log has no entry.
  package func checkpoint() async throws(LedgerError) -> (size: Int64, note: String, key: String)? {
    try await read { db in try LogRows.checkpoint(db) }
  }

  /// Returns the root of the tree over the first `size` entries, or nil if the log has fewer entries.
  package func root(ofFirst size: Int64) async throws(LedgerError) -> Hash? {
    try await read { db in
      guard size <= (try LogRows.size(db)) else { return nil }
      return try MerkleFrontier(size: size) { try LogRows.hash(of: $0, db) }.root
    }
  }

  /// Returns whether the entries that a checkpoint covers are the first entries of this ledger.
  package func holds(_ checkpoint: Checkpoint) async throws(LedgerError) -> Bool {
    guard try await origin() == checkpoint.origin else { return false }
    return try await root(ofFirst: checkpoint.size) == checkpoint.root
  }

  /// Returns the bytes of a tile (C2SP tlog-tiles), or nil if the checkpoint does not cover the tile.
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

  /// Returns the records of a change as the bytes that were hashed, or nil if the change does not exist.
  ///
  /// The first record belongs to the first entry of the change. If the log has a separate entry for the outcome, the
  /// second record belongs to that entry.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of the change does not match the log.
  package func records(of id: Change.ID) async throws(LedgerError) -> [[UInt8]]? {
    try await read { db in try stored(id, db)?.checkedEntries().map(\.record.bytes) }
  }

  /// Returns the inclusion proof of a change's newest entry, together with the record of the entry.
  ///
  /// The result is nil if the change does not exist or the checkpoint does not cover the entry.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of the change does not match the log.
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

  /// Returns the change with this id, or nil if there is none; the change is not compared with the log.
  private func stored(_ id: Change.ID, _ db: any LedgerConnection) throws -> StoredChange? {
    try ChangeRows(db, identities).stored("WHERE change.id = ?", [id.number]).first
  }
}
