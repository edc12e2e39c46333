import GRDB
import Synchronization

/// A pool of read-only connections to a SQLite file.
///
/// Every read is one short transaction and sees one state of the file. Make a large read in several short ones: a long
/// read keeps the WAL from being reset.
package struct StorageReader: Sendable {
  private let reader: any DatabaseReader
  private let counter = ReadCounter()

  /// Creates a reader on GRDB's.
  init(_ reader: any DatabaseReader) {
    self.reader = reader
  }

  /// The number of reads that were made.
  package var readCount: Int { counter.count.load(ordering: .relaxed) }

  /// Opens a file for reading only, next to a running server or on read-only media.
  ///
  /// If the folder can't be written, SQLite is told that the file does not change (`immutable=1`), because it can't
  /// make the files by which it would notice a change. SQLite then ignores a `-wal` file, so a `-wal` file that is not
  /// empty is refused.
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

  /// Returns a `file:` URI (sqlite.org/uri.html) in which all bytes of the path are escaped, except letters, digits and
  /// `/-_.`.
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
