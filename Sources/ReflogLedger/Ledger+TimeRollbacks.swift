package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Remembers a rollback to a time, so that it can go on; one that is known already stays as it is. When this returns, it is
  /// durable. Returns it as it is remembered, and whether it is finished.
  package func remember(
    _ rollback: TimeRollback
  ) async throws(LedgerError) -> (rollback: TimeRollback, isFinished: Bool) {
    try await write { session in
      if let known = try TimeRollbackRows.find(rollback.batchID, session.connection) { return known }
      try TimeRollbackRows.insert(rollback, in: session)
      return try TimeRollbackRows.find(rollback.batchID, session.connection) ?? (rollback, false)
    }
  }

  /// Remembers that every address held what it had held at the time.
  package func rememberFinished(_ rollback: TimeRollback) async throws(LedgerError) {
    try await write { session in try TimeRollbackRows.finish(rollback, in: session) }
  }
}

extension History {
  /// A rollback to a time, and whether it is finished; nil if there is none of this batch.
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
