/// A connection that writes to a database, and the operations of its transactions.
package protocol WriteConnection: LedgerConnection {
  /// The number of SQL statements that were run on this connection.
  var statementCount: Int { get }
  /// The number of changed rows since the connection was opened.
  ///
  /// The databases count in different ways. So only compare the numbers before and after a write, to find out whether
  /// the write changed a row.
  var allChangedRowCount: Int64 { get }
  /// Whether a transaction is open.
  var isInsideTransaction: Bool { get }

  /// Begins a transaction that excludes all other writers.
  func begin() throws
  /// Commits the transaction; when this method returns, the transaction is durable.
  func commit() throws(CommitError)
  /// Rolls the transaction back.
  func rollBack() throws
  /// Sets a savepoint in the transaction.
  func setSavepoint() throws
  /// Rolls the transaction back to the savepoint, and removes the savepoint.
  func rollBackToSavepoint() throws
  /// Removes the savepoint.
  func releaseSavepoint() throws

  /// Prepares the transaction for a deletion that must leave no copy of the deleted data.
  func beginDeletion() throws
  /// Writes to the database without changing any data, to find out whether the database accepts writes.
  func probe() throws
}

/// The error of a COMMIT: the transaction had no effect, or its result is unknown.
package enum CommitError: Error {
  /// The transaction had no effect.
  case refused(SQLError)
  /// It is unknown whether the transaction is durable.
  case unknown(String)
}

/// The maintenance work of a database's writer, in addition to transactions.
package struct StoreUpkeep {
  /// Does the work that is due after a transaction.
  let afterCommit: () throws -> Void
  /// Does the work that can wait until no write has arrived for a second.
  let rest: () throws -> Void
  /// Frees a part of the space of deleted rows.
  ///
  /// Each call frees only a part, so writes wait only a short time.
  let reclaim: () throws -> Reclaimed

  /// The result of a call that frees space.
  package enum Reclaimed: Sendable {
    /// No space of deleted rows is left.
    case all
    /// A part of the space is free, and the closure can be called again immediately.
    case part
    /// The work was not possible while a connection was reading, so the closure must be called again later.
    case prevented
  }

  /// Creates the maintenance work of a writer.
  package init(
    afterCommit: @escaping () throws -> Void,
    rest: @escaping () throws -> Void,
    reclaim: @escaping () throws -> Reclaimed
  ) {
    self.afterCommit = afterCommit
    self.rest = rest
    self.reclaim = reclaim
  }
}

/// A database to which exactly one writer writes.
package protocol WritableStore: Sendable {
  /// The connection that writes.
  associatedtype Writer: WriteConnection

  /// Opens the write connection, and calls `body` on the calling thread.
  func withWriter(_ body: (Writer, StoreUpkeep) throws -> Void) throws

  /// Whether the database has at least `bytes` of free space.
  ///
  /// An implementation must not write to find the answer. If the database can't report its free space, the result is
  /// true.
  func hasHeadroom(of bytes: UInt64) -> Bool

  /// Throws if the database may not be written any more, for example because another program replaced the file.
  func check() throws(StorageError)
}
