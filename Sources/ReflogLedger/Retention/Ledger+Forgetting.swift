package import ReflogModel
import ReflogStorage

extension Ledger {
  /// What was asked for and is not finished: a purge, erasures.
  package struct Forgetting: Sendable {
    package let purge: Purge?
    package let erasures: [Int64]

    /// What came of doing a little of it.
    package enum Step: Sendable {
      /// Something was done, and there is more.
      case more
      /// What says what goes next is not signed yet; nothing goes before.
      case unsigned
      case done
    }
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

  /// Ends a purge of which ``continuePurge()`` did all, and an erasure of which ``continueErasure(_:from:)`` did: empties the names that
  /// nothing uses any more, and gives the space back. When this returns, what was purged or erased can be found in none of the
  /// ledger's files, and that is on record as finished.
  package func finish(purge: Purge?, erasures: [Int64]) async throws(LedgerError) {
    try await emptyUnusedIdentities()
    do { try await writer.reclaim() } catch { throw LedgerError(error) }
    // What was released meanwhile is still to go.
    let ended = purge == nil ? nil : try await endedPurge()
    try await write { transaction in
      if let ended { try PurgeRows.finish(ended, at: transaction.time, transaction.db) }
      for erasure in erasures { try ErasureRows.finish(erasure, at: transaction.time, transaction.db) }
    }
  }
}
