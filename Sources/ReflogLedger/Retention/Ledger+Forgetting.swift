import ReflogModel
import ReflogStorage

extension Ledger {
  /// Whether a purge or an erasure is under way.
  package func isForgetting() async throws(LedgerError) -> Bool {
    try await history.read { db in
      let purge = try PurgeRows.newest(db)?.purge
      return try purge.map { $0.finished == nil } ?? false || !ErasureRows.unfinished(db).isEmpty
    }
  }

  /// Ends what ``continuePurge()`` and ``continueErasure(_:)`` did: empties the names that nothing uses any more, and gives the
  /// space back. When this returns, what was purged or erased can be found in none of the ledger's files, and that is on record
  /// as finished.
  package func finishForgetting() async throws(LedgerError) {
    try await emptyUnusedIdentities()
    do { try await writer.reclaim() } catch { throw LedgerError(error) }
    try await write { transaction in
      if let purge = try PurgeRows.newest(transaction.db)?.purge {
        try PurgeRows.finish(purge, at: transaction.time, transaction.db)
      }
      try ErasureRows.finish(at: transaction.time, transaction.db)
    }
  }
}
