import ReflogModel
import ReflogStorage

extension Ledger {
  /// What was asked for and is not finished: a purge, erasures.
  package struct Forgetting: Sendable {
    fileprivate let purge: Purge?
    fileprivate let erasures: [Int64]
  }

  /// What is under way; nothing where nothing is left to do.
  package func forgetting() async throws(LedgerError) -> Forgetting? {
    try await history.read { db in
      let purge = try PurgeRows.newest(db)?.purge
      let erasures = try ErasureRows.unfinished(db).map(\.id)
      let unfinished = purge.flatMap { $0.finished == nil ? $0 : nil }
      return unfinished == nil && erasures.isEmpty ? nil : Forgetting(purge: unfinished, erasures: erasures)
    }
  }

  /// Ends what ``continuePurge()`` and ``continueErasure(_:)`` did of this: empties the names that nothing uses any more, and gives the
  /// space back. When this returns, what was purged or erased can be found in none of the ledger's files, and that is on record
  /// as finished; what was asked for meanwhile is not.
  package func finish(_ forgetting: Forgetting) async throws(LedgerError) {
    try await emptyUnusedIdentities()
    do { try await writer.reclaim() } catch { throw LedgerError(error) }
    try await write { transaction in
      if let purge = forgetting.purge { try PurgeRows.finish(purge, at: transaction.time, transaction.db) }
      for erasure in forgetting.erasures { try ErasureRows.finish(erasure, at: transaction.time, transaction.db) }
    }
  }
}
