#if PostgreSQL
extension PostgreSQLConnection {
  /// Runs the statements of a transaction whose `BEGIN` is already queued, and commits the transaction.
  ///
  /// If a statement fails, the transaction is rolled back.
  func commit<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      let value = try body()
      queue("COMMIT")
      _ = try finish()
      return value
    } catch {
      // An error of the rollback is ignored, so that the caller gets the original error. If the connection is lost,
      // PostgreSQL rolls the transaction back without this statement.
      queue("ROLLBACK")
      _ = try? finish()
      throw error
    }
  }
}
#endif
