#if PostgreSQL
extension PostgreSQLConnection {
  /// Runs the statements of a transaction whose begin was queued, and commits the transaction.
  ///
  /// If a statement fails, the transaction is rolled back.
  func commit<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      let value = try body()
      queue("COMMIT")
      _ = try finish()
      return value
    } catch {
      // The caller must see the first error. If the connection is lost, the server rolls the transaction back.
      queue("ROLLBACK")
      _ = try? finish()
      throw error
    }
  }
}
#endif
