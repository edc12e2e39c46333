import GRDB
import Synchronization

/// Reads a SQLite file through connections that can't write.
///
/// Every read is a short transaction of its own and sees one state of the file. Whoever reads much reads in pieces, so
/// that no reader holds the WAL.
package struct StorageReader: Sendable {
  private let reader: any DatabaseReader
  private let counter = ReadCounter()

  init(_ reader: any DatabaseReader) {
    self.reader = reader
  }

  /// How many reads were made.
  package var readCount: Int { counter.count.load(ordering: .relaxed) }

  /// Opens a file for reading alone: beside a running server, or on media that can't be written.
  ///
  /// Where the folder can't be written, SQLite is told that nothing changes (`immutable=1`): it could not make the files
  /// by which it would notice. It would not look into a `-wal` then, so one that is not empty is refused.
  package init(readingFileAt path: String, kind: StorageKind) throws {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "there is no such file") }
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

  /// Runs a read in a transaction of its own.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    counter.count.add(1, ordering: .relaxed)
    do { return try await reader.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// A `file:` URI (sqlite.org/uri.html) whose path has all but the plainest bytes escaped.
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

private final class ReadCounter: Sendable {
  let count = Atomic<Int>(0)
}
