import GRDB
import Synchronization

/// A pool of read-only connections to a SQLite file.
///
/// Every read is one short transaction, and all rows in a read are from one consistent state of the file. Divide a
/// large read into several short reads, because the WAL can't be reset during a read.
package struct StorageReader: Sendable {
  private let reader: any DatabaseReader
  private let counter = ReadCounter()

  /// Creates a reader that uses a reader of GRDB.
  init(_ reader: any DatabaseReader) {
    self.reader = reader
  }

  /// The number of reads since this reader was created.
  package var readCount: Int { counter.count.load(ordering: .relaxed) }

  /// Opens a file for reading only, while a server runs or on read-only media.
  ///
  /// SQLite needs two more files in the same folder to notice changes of the file. If the folder can't be written,
  /// SQLite can't create these files. Then the file is opened with `immutable=1`, which means that the file never
  /// changes. With this setting, SQLite ignores the `-wal` file, so this method throws if the `-wal` file is not empty.
  package init(readingFileAt path: String, kind: StorageKind) throws {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "the file does not exist") }
    let canWrite = FileChecks.canWriteFolder(of: path)
    guard canWrite || (FileChecks.size(of: path + "-wal") ?? 0) == 0 else {
      throw StorageError.unusable(
        path: path,
        problem: "changes are still in \(path)-wal; copy both files to a folder that can be written"
      )
    }
    let isImmutable = !canWrite
    do {
      let pool = try DatabasePool(
        path: isImmutable ? Self.immutableURI(of: path) : path,
        configuration: StorageSettings.configuration(of: .readOnly)
      )
      try pool.read { db in
        try kind.migrations.refuseForeignFile(db, path: path)
        try kind.migrations.refuseOtherSchema(db, path: path)
      }
      reader = pool
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
  }

  /// Runs a read in one transaction.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    counter.count.add(1, ordering: .relaxed)
    do { return try await reader.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  ///
  /// Such an item could hide rows from a query. Triggers are not compared, because a query does not use them.
  package func alteredSchemaItems(of kind: StorageKind) async throws -> [String] {
    try kind.migrations.alteredSchemaItems(reader).filter { !$0.hasPrefix("trigger ") }
  }

  /// Returns a `file:` URI for a path (sqlite.org/uri.html).
  ///
  /// All bytes of the path are escaped, except letters, digits and `/-_.`.
  private static func immutableURI(of path: String) -> String {
    let escaped = path.utf8.map { byte in
      let isPlain = byte.isASCIILetterOrDigit || "/-_.".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "file:" + escaped.joined() + "?immutable=1"
  }
}

extension UInt8 {
  fileprivate var isASCIILetterOrDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}

/// The number of reads of a ``StorageReader``.
private final class ReadCounter: Sendable {
  let count = Atomic<Int>(0)
}
