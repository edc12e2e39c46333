import ReflogModel
import ReflogStorage

extension Ledger {
  /// Makes one write in a transaction at the moment it is. When this returns, it is durable.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (LedgerTransaction) throws -> Value
  ) async throws(LedgerError) -> Value {
    let now = clock()
    do {
      return try await writer.write { db in try body(try LedgerTransaction(db, notBefore: now)) }
    } catch {
      throw LedgerError(error)
    }
  }
}
