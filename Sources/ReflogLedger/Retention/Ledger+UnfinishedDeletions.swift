package import ReflogModel
import ReflogStorage

extension Ledger {
  /// The purge and the erasures that were asked for and are not finished.
  package struct UnfinishedDeletions: Sendable {
    package let purge: Purge?
    package let erasures: [Int64]

    /// How far a purge or an erasure came.
    package enum Progress: Sendable {
      case more
      case done
    }
  }

  /// The purge and the erasures under way, or nil if there are none.
  package func forgetting() async throws(LedgerError) -> UnfinishedDeletions? {
    try await history.read { db in
      let purge = try PurgeRows.newest(db)?.purge
      let erasures = try ErasureRows.unfinished(db).map(\.id)
      let unfinished = purge.flatMap { $0.finished == nil ? $0 : nil }
      return unfinished == nil && erasures.isEmpty ? nil : UnfinishedDeletions(purge: unfinished, erasures: erasures)
    }
  }

  /// Finishes a purge of which ``continuePurge()`` deleted everything, and erasures that ``continueErasure(_:from:)`` went through:
  /// empties the names that are not used any more, and gives the space back. When this returns, what was purged or erased is in none of
  /// the ledger's files, and the purge and the erasures are recorded as finished.
  package func finish(purge: Purge?, erasures: [Int64]) async throws(LedgerError) {
    try await emptyUnusedIdentities()
    do { try await writer.reclaim() } catch { throw LedgerError(error) }
    // A hold that was released meanwhile leaves more to delete.
    let ended = purge == nil ? nil : try await endedPurge()
    try await write { session in
      if let ended { try PurgeRows.finish(ended, at: session.time, session.connection) }
      for erasure in erasures { try ErasureRows.finish(erasure, at: session.time, session.connection) }
    }
  }
}
