import ReflogStorage

/// The read side of the ledger.
///
/// Every method is a short transaction of its own.
package struct History: Sendable {
  let reader: StorageReader
  let identities = IdentityCache()

  init(reader: StorageReader) {
    self.reader = reader
  }

  /// Opens a ledger's file for reading alone: beside a running server, or on media that can't be written.
  package init(readingFileAt path: String) throws {
    reader = try StorageReader(readingFileAt: path, kind: .ledger)
  }

  /// Reads in a short transaction of its own. Throws SQLite's errors as the ledger's.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await reader.read(body) } catch { throw LedgerError(error) }
  }
}
