import ReflogStorage

/// Reads the ledger.
///
/// Most methods use one short transaction. A method that reads many rows uses several short transactions.
package struct History: Sendable {
  let reader: any LedgerReader
  let identities: IdentityCache
  /// The index that finds changes by a text in their reasons, or nil if there is no index.
  let reasonIndex: (any ReasonFinder)?

  /// Creates a history that reads a ledger.
  ///
  /// - Parameters:
  ///   - reader: The reader of the ledger.
  ///   - reasonIndex: The index of the reasons of changes, or nil to search without an index.
  package init(reader: any LedgerReader, reasonIndex: (any ReasonFinder)? = nil) {
    self.init(reader: reader, identities: IdentityCache(), reasonIndex: reasonIndex)
  }

  init(reader: any LedgerReader, identities: IdentityCache, reasonIndex: (any ReasonFinder)?) {
    (self.reader, self.identities, self.reasonIndex) = (reader, identities, reasonIndex)
  }

  /// Reads in one short transaction, and throws every error as a ``LedgerError``.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await reader.read(body) } catch { throw LedgerError(error) }
  }
}
