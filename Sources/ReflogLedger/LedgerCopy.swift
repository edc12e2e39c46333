import ReflogStorage

/// The ledger as it was at one moment, as the bytes of a SQLite file that is complete on its own.
package struct LedgerCopy: Sendable {
  fileprivate let copy: StorageCopy

  package var byteCount: Int { copy.byteCount }

  /// The next piece; nothing at the end.
  package func next() throws(LedgerError) -> [UInt8]? {
    do { return try copy.next() } catch { throw LedgerError(error) }
  }
}

extension Ledger {
  /// Copies the ledger as it is at one moment; one copy at a time.
  package func copy() async throws(LedgerError) -> LedgerCopy {
    do { return LedgerCopy(copy: try await storage.copy()) } catch { throw LedgerError(error) }
  }
}
