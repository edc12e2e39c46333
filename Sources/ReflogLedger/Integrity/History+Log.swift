import GRDB
package import ReflogModel

extension History {
  /// The log's name.
  package func origin() async throws(LedgerError) -> Origin {
    try await read { db in try LogRows.origin(db) }
  }

  /// The newest signed checkpoint: its size, its note, and the key that signed it; nothing before the first.
  package func checkpoint() async throws(LedgerError) -> (size: Int64, note: String, key: String)? {
    try await read { db in try LogRows.checkpoint(db) }
  }

  /// The root of the tree of the first `size` entries; nothing where there are fewer.
  package func root(ofFirst size: Int64) async throws(LedgerError) -> Hash? {
    try await read { db in
      guard size <= (try LogRows.size(db)) else { return nil }
      return try MerkleFrontier(size: size) { try LogRows.hash(of: $0, db) }.root
    }
  }

  /// Whether the ledger is what this checkpoint says it was, or that and more.
  package func holds(_ checkpoint: Checkpoint) async throws(LedgerError) -> Bool {
    guard try await origin() == checkpoint.origin else { return false }
    return try await root(ofFirst: checkpoint.size) == checkpoint.root
  }

  /// The bytes of a tile (C2SP tlog-tiles); nothing where the newest checkpoint does not cover it.
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

  /// The records of a change as they were hashed, its first entry's and, where it has one, its outcome's.
  package func records(of id: Change.ID) async throws(LedgerError) -> [[UInt8]]? {
    try await read { [identities] db in
      try ChangeRows(db, identities).logged("WHERE change.id = ?", [id.number], isFixed: true).first.map { logged in
        try logged.pairs(Records(db)).map(\.record.bytes)
      }
    }
  }

  /// What shows that the newest entry of a change is in the log, with its record; nothing where there is no such change, or no
  /// checkpoint covers it yet.
  package func proof(of id: Change.ID) async throws(LedgerError) -> TransparencyProof? {
    try await read { [identities] db in
      guard
        let logged = try ChangeRows(db, identities).logged("WHERE change.id = ?", [id.number], isFixed: true).first,
        let signed = try LogRows.checkpoint(db), logged.change.sequence < signed.size,
        let newest = try logged.pairs(Records(db)).last
      else { return nil }
      return try TransparencyProof(
        index: logged.change.sequence,
        hashes: try MerkleTree.inclusionProof(of: logged.change.sequence, inTreeOf: signed.size) {
          try LogRows.hash(of: $0, db)
        },
        checkpoint: try SignedNote(parsing: Array(signed.note.utf8)),
        extra: newest.record.bytes
      )
    }
  }
}
