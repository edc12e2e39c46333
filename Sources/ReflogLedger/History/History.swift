import ReflogStorage

/// Reads the ledger.
///
/// Most methods use one short transaction. A method that reads many rows uses several short transactions.
package struct History: Sendable {
  let reader: any LedgerReader
  let identities: IdentityCache

  /// Creates a history that reads a ledger.
  package init(reader: any LedgerReader) {
    self.reader = reader
    identities = IdentityCache()
  }

  /// Reads in one short transaction, and throws every error as a ``LedgerError``.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await reader.read(body) } catch { throw LedgerError(error) }
  }
}
