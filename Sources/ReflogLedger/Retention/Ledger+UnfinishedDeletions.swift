package import ReflogModel
import ReflogStorage

extension Ledger {
  /// The purge and the erasures that were requested and are not finished.
  package struct UnfinishedDeletions: Sendable {
    /// The unfinished purge, or nil if there is none.
    package let purge: Purge?
    /// The ids of the unfinished erasures, oldest first.
    package let erasures: [Int64]

    /// The result of one step of a purge or an erasure: more steps are necessary, or all deletions are done.
    package enum Progress: Sendable {
      case more
      case done
    }
  }

  /// Returns the unfinished purge and erasures, or nil if there are none.
  ///
  /// If all purges are finished, an open claim of a purge is withdrawn first. Claims of erasures are handled in the
  /// same way.
  package func unfinishedDeletions() async throws(LedgerError) -> UnfinishedDeletions? {
    try await write { session in try session.withdrawClaimsWithoutRequest() }
    return try await history.read { db in
      let purge = try PurgeRows.newest(db)?.purge
      let erasures = try ErasureRows.unfinished(db).map(\.id)
      let unfinished = purge.flatMap { $0.finished == nil ? $0 : nil }
      return unfinished == nil && erasures.isEmpty ? nil : UnfinishedDeletions(purge: unfinished, erasures: erasures)
    }
  }

  /// Finishes a purge and erasures that have no more rows to delete.
  ///
  /// Call this after ``continuePurge()`` or ``continueErasure(_:from:)`` returned `done`. This method empties the rows
  /// of ids and names to which no row refers any more, and returns free space to the file system. When this returns,
  /// the purge and the erasures are recorded as finished. The ledger's files then contain no deleted data. There is one
  /// exception: SQLite can leave old copies of rows in the file when it moves the rows. A compaction removes these
  /// copies.
  package func finish(purge: Purge?, erasures: [Int64]) async throws(LedgerError) {
    try await emptyUnusedIdentities()
    do { try await writer.reclaim() } catch { throw LedgerError(error) }
    // If a hold was released during this call, the purge has more rows to delete and must not be finished.
    let ended = purge == nil ? nil : try await endedPurge()
    try await write { session in
      if let ended { try PurgeRows.finish(ended, at: session.time, session.connection) }
      for erasure in erasures { try ErasureRows.finish(erasure, at: session.time, session.connection) }
    }
  }
}
