import ReflogStorage

/// A copy of the ledger that contains one consistent state, as the bytes of a complete SQLite file.
package struct LedgerCopy: Sendable {
  let copy: StorageCopy

  /// The size of the copy in bytes.
  package var byteCount: Int { copy.byteCount }

  /// Returns the next piece of the copy, or nil at the end.
  package func next() throws(LedgerError) -> [UInt8]? {
    do { return try copy.next() } catch { throw LedgerError(error) }
  }
}

extension Ledger {
  /// Creates a copy of the ledger that contains one consistent state.
  ///
  /// Only one copy may be in progress at a time.
  package func copy() async throws(LedgerError) -> LedgerCopy {
    try await store.copy()
  }
}
