import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Remembers a rollback to a time, so that it can go on; one that is known already stays as it is. When this returns, it is
  /// durable. Returns it as it is remembered, and whether it is finished.
  package func remember(
    _ rollback: TimeRollback
  ) async throws(LedgerError) -> (rollback: TimeRollback, isFinished: Bool) {
    let now = clock()
    do {
      return try await writer.write { db in
        if let known = try TimeRollbackRows.find(rollback.batchID, db) { return known }
        try TimeRollbackRows.insert(rollback, at: now, db)
        return try TimeRollbackRows.find(rollback.batchID, db) ?? (rollback, false)
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Remembers that every address held what it had held at the time.
  package func rememberFinished(_ rollback: TimeRollback) async throws(LedgerError) {
    let now = clock()
    do {
      try await writer.write { db in try TimeRollbackRows.finish(rollback, at: now, db) }
    } catch {
      throw LedgerError(error)
    }
  }
}

extension History {
  /// A rollback to a time, and whether it is finished.
  package func timeRollback(_ batchID: String) async throws(LedgerError) -> (rollback: TimeRollback, isFinished: Bool)?
  {
    try await read { db in try TimeRollbackRows.find(batchID, db) }
  }

  /// The changes that a rollback to a time made, oldest first.
  package func changes(of rollback: TimeRollback) async throws(LedgerError) -> [Change] {
    try await changes(
      "WHERE change.batch_id = :batchID AND change.batch_id IS NOT NULL ORDER BY change.id",
      ["batchID": RequestIDColumn.value(of: rollback.batchID)]
    )
  }
}
