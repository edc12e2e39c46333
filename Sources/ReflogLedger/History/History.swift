import ReflogStorage

/// Reads the ledger.
///
/// Most methods use one short transaction. A method that reads much uses several short transactions.
package struct History: Sendable {
  let reader: StorageReader
  let identities = IdentityCache()

  /// Creates a history that reads an open file.
  init(reader: StorageReader) {
    self.reader = reader
  }

  /// Opens a ledger's file for reading only, next to a running server or on read-only media.
  package init(readingFileAt path: String) throws {
    reader = try StorageReader(readingFileAt: path, kind: .ledger)
  }

  /// Reads in one short transaction, and throws every error as a ``LedgerError``.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await reader.read(body) } catch { throw LedgerError(error) }
  }

  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  func alteredSchemaItems() async throws(LedgerError) -> [String] {
    do { return try await reader.alteredSchemaItems(of: .ledger) } catch { throw LedgerError(error) }
  }
}
