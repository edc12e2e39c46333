import GRDB
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

  /// Reads in a short transaction of its own, an error of SQLite's being the ledger's.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LedgerError) -> Value {
    do { return try await reader.read(body) } catch { throw LedgerError(error) }
  }

  /// Reads a ledger's file without a server: beside a running one, or on media that can't be written.
  package init(readingFileAt path: String) throws {
    reader = try StorageReader(readingFileAt: path, kind: .ledger)
  }
}
