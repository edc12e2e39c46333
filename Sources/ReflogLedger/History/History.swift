import ReflogStorage

/// The read side of the ledger.
///
/// Every method is a short transaction of its own.
package struct History: Sendable {
  let reader: StorageReader

  init(reader: StorageReader) {
    self.reader = reader
  }

  /// Reads a ledger's file without a server: beside a running one, or on media that can't be written.
  package init(readingFileAt path: String) throws {
    reader = try StorageReader(readingFileAt: path, kind: .ledger)
  }
}
