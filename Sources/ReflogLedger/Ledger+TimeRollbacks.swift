package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Records a rollback to a time, so the rollback can continue after a restart.
  ///
  /// When this returns, the rollback is durable. If the ledger already has a rollback with this batch id, the method
  /// changes nothing and returns the recorded rollback.
  ///
  /// - Returns: The recorded rollback, and whether it is finished.
  package func remember(
    _ rollback: TimeRollback
  ) async throws(LedgerError) -> (rollback: TimeRollback, isFinished: Bool) {
    try await write { session in
      if let known = try TimeRollbackRows.find(rollback.batchID, session.connection) { return known }
      try TimeRollbackRows.insert(rollback, in: session)
      return try TimeRollbackRows.find(rollback.batchID, session.connection) ?? (rollback, false)
    }
  }

  /// Records that a rollback to a time is finished: every address again has the reference from that time.
  package func rememberFinished(_ rollback: TimeRollback) async throws(LedgerError) {
    try await write { session in try TimeRollbackRows.finish(rollback, in: session) }
  }
}

extension History {
  /// Returns the rollback to a time with this batch id, or nil if there is none.
  ///
  /// The result also contains whether the rollback is finished.
  package func timeRollback(_ batchID: String) async throws(LedgerError) -> (rollback: TimeRollback, isFinished: Bool)?
  {
    try await read { db in try TimeRollbackRows.find(batchID, db) }
  }

  /// Returns the changes that a rollback to a time made, oldest first.
  package func changes(of rollback: TimeRollback) async throws(LedgerError) -> [Change] {
    try await changes(
      "WHERE change.batch_id = :batchID AND change.batch_id IS NOT NULL ORDER BY change.id",
      ["batchID": RequestIDColumn.value(of: rollback.batchID)]
    )
  }
}
