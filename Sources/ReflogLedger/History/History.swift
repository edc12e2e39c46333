package import ReflogStorage

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
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - purpose: What the file is read for. The start of a server makes more checks than a command.
  package init(readingFileAt path: String, for purpose: StorageReader.Purpose = .reading) throws {
    reader = try StorageReader(readingFileAt: path, kind: .ledger, for: purpose)
  }

  /// Whether the file's write-ahead log is missing, so the newest changes can be missing.
  package var isLogMissing: Bool { reader.isLogMissing }
  /// Whether the file has the newest schema, so all queries can run.
  package var hasNewestSchema: Bool { reader.hasNewestSchema }

  /// Throws if SQLite finds the structure of a small ledger damaged.
  package func checkStructure(ofFileAt path: String) throws { try reader.checkStructure(ofFileAt: path) }

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
