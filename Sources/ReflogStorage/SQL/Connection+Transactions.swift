import GRDBSQLite

extension Connection: WriteConnection {
  /// Begins a transaction that excludes all other writers.
  package func begin() throws {
    if deletesSecurely {
      deletesSecurely = false
      try executeAll("PRAGMA secure_delete = OFF")
    }
    try execute("BEGIN IMMEDIATE")
  }

  /// Commits the transaction; when this method returns, the transaction is durable.
  package func commit() throws(CommitError) {
    do { try execute("COMMIT") } catch {
      guard let error = error as? SQLError else { throw .unknown("\(error)") }
      // If the disk is full, SQLite keeps the transaction open. So the commit counts as refused, and the caller rolls
      // the transaction back.
      throw error.code == .full ? .refused(error) : .unknown(error.description)
    }
  }

  /// Rolls the transaction back.
  package func rollBack() throws { try execute("ROLLBACK") }

  /// Sets a savepoint in the transaction.
  package func setSavepoint() throws { try execute("SAVEPOINT write") }

  /// Rolls the transaction back to the savepoint, and removes the savepoint.
  package func rollBackToSavepoint() throws {
    try execute("ROLLBACK TO write")
    try execute("RELEASE write")
  }

  /// Removes the savepoint.
  package func releaseSavepoint() throws { try execute("RELEASE write") }

  /// Makes SQLite overwrite the bytes of rows that the current transaction deletes.
  ///
  /// Other transactions do not use this mode, because the mode makes writes slower. See
  /// sqlite.org/pragma.html#pragma_secure_delete.
  package func beginDeletion() throws {
    deletesSecurely = true
    try executeAll("PRAGMA secure_delete = ON")
  }

  /// Writes to the database without changing any data, to find out whether the database accepts writes.
  package func probe() throws {
    // SQLite writes a page even if the new value is equal to the old value.
    let value = try integer("PRAGMA user_version", kept: false) ?? 0
    try executeAll("PRAGMA user_version = \(value)")
  }
}
