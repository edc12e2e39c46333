import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Entries taken into the tree in one short read.
  private static let pieceSize: Int64 = 4096

  /// The tree of what was signed last.
  package func signedTree() async throws(LedgerError) -> MerkleFrontier {
    try await history.read { db in
      let size = try LogRows.checkpoint(db)?.size ?? 0
      return try MerkleFrontier(size: size) { try LogRows.hash(of: $0, db) }
    }
  }

  /// Takes all new entries into the tree and signs what it then is. When this returns, the checkpoint is durable, and so are
  /// all entries that it covers; nothing where there is nothing new.
  ///
  /// - Parameter keys: the last of them is the one in force.
  package func signCheckpoint(
    behind tree: MerkleFrontier,
    with keys: [SigningKey]
  ) async throws(LedgerError) -> (tree: MerkleFrontier, note: SignedNote)? {
    let begun = tree.size
    var (tree, chain) = (tree, Hash.zero)
    var subtrees: [(node: MerkleTree.Node, hash: Hash)] = []
    while true {
      let range = tree.size..<tree.size + Self.pieceSize
      let hashes = try await history.read { db in try LogRows.entryHashes(range, db) }
      for hash in hashes {
        chain = chain.followed(by: hash)
        tree.append(MerkleTree.leafHash(of: hash)) { node, hash in
          if node.level > 0, node.level.isMultiple(of: Tile.height) { subtrees.append((node, hash)) }
        }
      }
      if hashes.count < Self.pieceSize { break }
    }
    let origin = try await history.read { db in try LogRows.origin(db) }
    let signed = try await history.read { db in try LogRows.checkpoint(db) }
    guard let key = keys.last?.verifierKey.text, tree.size > 0, tree.size != signed?.size || signed?.key != key else {
      return nil
    }
    let checkpoint = Checkpoint(origin: origin, size: tree.size, root: tree.root)
    do {
      let note = try checkpoint.signed(by: keys)
      let text = String(decoding: note.bytes, as: UTF8.self)
      let (completed, taken, signedSize) = (subtrees, chain, tree.size)
      try await writer.write { db in
        for (node, hash) in completed {
          try LogRows.record(hash, level: node.level / Tile.height, position: node.index, db)
        }
        try LogRows.record(checkpoint, note: text, key: key, db)
        try tail.sign(from: begun, upTo: signedSize, taken, db)
      }
      return (tree, note)
    } catch {
      throw LedgerError(error)
    }
  }
}
