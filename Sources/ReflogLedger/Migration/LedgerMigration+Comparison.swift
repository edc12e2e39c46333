import Crypto
import ReflogModel
import ReflogStorage

extension LedgerMigration {
  /// The number of rows in a table, and a hash over all values of the rows in the order of the key.
  private struct TableDigest: Sendable, Equatable {
    var count = 0
    var hash = [UInt8]()
  }

  /// Throws if a table of the copy differs from the table of the source.
  func compare(_ table: LedgerTable, _ progress: @Sendable (Progress) -> Void) async throws {
    async let original = Self.digest(of: table, source.reader) { _ in }
    async let copy = Self.digest(of: table, target.reader, progress)
    let (first, second) = (try await original, try await copy)
    guard first == second else { throw differs(table) }
  }

  private static func digest(
    of table: LedgerTable,
    _ reader: any LedgerReader,
    _ progress: @Sendable (Progress) -> Void
  ) async throws -> TableDigest {
    var (digest, hash, key) = (TableDigest(), SHA256(), [SQLValue]?.none)
    while true {
      let from = key
      let (count, last, bytes) = try await reader.read { db in
        let rows = try table.rows(after: from, db)
        return (rows.count, rows.lastKey, rows.encoded)
      }
      guard let last else { break }
      hash.update(data: bytes)
      digest.count += count
      key = last
      progress(.compared(count))
    }
    digest.hash = Array(hash.finalize())
    return digest
  }

  /// Returns the root of the tree over the copied entries.
  ///
  /// - Throws: ``MigrationError/rootDiffers(source:target:)`` if the signed checkpoint has another root or another
  ///   number of entries.
  func verifiedRoot() async throws -> Hash {
    var frontier = MerkleFrontier()
    while true {
      let next = frontier.size
      let hashes = try await target.reader.read { db in
        try LogRows.entryHashes(next..<next + Int64(LedgerTable.rowsPerBatch), db)
      }
      if hashes.isEmpty { break }
      for hash in hashes { frontier.append(MerkleTree.leafHash(of: hash)) }
    }
    let signed = try await source.reader.read { db in try LogRows.checkpoint(db) }
    guard let signed else { return frontier.root }
    let checkpoint = try Checkpoint(text: SignedNote(parsing: Array(signed.note.utf8)).text)
    guard checkpoint.size == frontier.size, checkpoint.root == frontier.root else {
      throw MigrationError.rootDiffers(source: source.name, target: target.name)
    }
    return frontier.root
  }
}
