import GRDB
import Synchronization

/// A pool of read-only connections to a SQLite file.
///
/// Every read is one short transaction, and all rows in a read are from one consistent state of the file. Divide a
/// large read into several short reads, because the WAL can't be reset during a read.
package struct StorageReader: Sendable {
  private let reader: any DatabaseReader
  /// The connections for reads on ``BackgroundThreads``. They are used for nothing else, so other reads never wait for
  /// these reads.
  private let backgroundReader: any DatabaseReader
  private let counter = ReadCounter()
  /// The files that the server has open, or nil if this reader does not belong to a server.
  ///
  /// Each read checks that no other program replaced these files.
  private let files: OpenFiles?
  /// The lock that prevents the start of a server while the file is copied, or nil if a server may start.
  private let lock: LockFile?
  /// Whether the file's write-ahead log is missing, so the newest changes can be missing.
  package let isLogMissing: Bool
  /// Whether the file has the newest schema, so all queries can run.
  ///
  /// An older schema is accepted only for ``Purpose/checkingStart``, because the start migrates the file.
  package let hasNewestSchema: Bool

  /// Creates a reader that uses readers of GRDB.
  ///
  /// - Parameters:
  ///   - reader: The connections for all other threads.
  ///   - backgroundReader: The connections for reads on ``BackgroundThreads``.
  ///   - files: The open files of the server.
  init(_ reader: any DatabaseReader, background backgroundReader: any DatabaseReader, of files: OpenFiles) {
    self.reader = reader
    self.backgroundReader = backgroundReader
    self.files = files
    lock = nil
    isLogMissing = false
    hasNewestSchema = true
  }

  /// The number of reads since this reader was created.
  package var readCount: Int { counter.count.load(ordering: .relaxed) }

  /// The purpose for which a file is opened for reading only.
  package enum Purpose: Sendable {
    /// A command reads the file.
    ///
    /// A server may use the file at the same time.
    case reading
    /// The start of a server checks the file before the server writes to the file.
    ///
    /// The file must not be in use. The write-ahead log may be missing: see ``StorageReader/isLogMissing``.
    case checkingStart
    /// A command copies the whole file.
    ///
    /// The file must not be in use. No server can start while the reader exists.
    case copying
  }

  /// Opens a file for reading only; a server may use the file, and the media may be read-only.
  ///
  /// SQLite needs two more files in the same folder. If the folder is read-only, SQLite can't create these files. The
  /// file is then opened with `immutable=1`, which tells SQLite that the file never changes. With this setting, SQLite
  /// ignores the `-wal` file, so this method throws if the `-wal` file may contain transactions.
  ///
  /// A file that no server uses, such as a backup, is also opened with `immutable=1`, so SQLite creates no other files.
  package init(readingFileAt path: String, kind: StorageKind, for purpose: Purpose = .reading) throws {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "the file does not exist") }
    let mustBeUnused = purpose != .reading
    if mustBeUnused { try FileChecks.checkFile(at: path) }
    let path = FileChecks.resolved(path)
    lock = purpose == .copying ? try LockFile.share(for: path) : nil
    let isServed = LockFile.isHeld(for: path)
    if mustBeUnused {
      guard !isServed else { throw StorageError.inUse(path: path) }
      try LockFile.check(for: path)
    }
    // The state is checked only if no server uses the file. A server has already checked the file that it uses, and
    // its writes could make this check fail.
    let state = isServed ? nil : try FileState(ofFileAt: path, kind: kind, settling: purpose == .reading)
    isLogMissing = state?.isLogMissing ?? false
    guard !isLogMissing || purpose == .checkingStart else { throw StorageError.missingLog(path: path) }
    let canWrite = FileChecks.canWriteFolder(of: path)
    let isLogUsed = state?.hasUsedLog ?? ((FileChecks.size(of: path + "-wal") ?? 0) > 0)
    guard canWrite || !isLogUsed else {
      throw StorageError.unusable(
        path: path,
        problem: "changes are still in \(path)-wal; copy both files to a folder that can be written"
      )
    }
    let isUnused = state.map { !$0.hasUsedLog && (mustBeUnused || !LockFile.exists(for: path)) } ?? false
    let isImmutable = !canWrite || isUnused
    do {
      let pool = try DatabasePool(
        path: isImmutable ? Self.immutableURI(of: path) : path,
        configuration: StorageSettings.configuration(of: .readOnly)
      )
      try pool.read { db in
        try kind.migrations.refuseForeignFile(db, path: path)
        guard try !UnfinishedCopy.exists(db) else { throw StorageError.unfinishedCopy(path: path) }
        try kind.migrations.refuseNewerSchema(db, path: path)
        if purpose != .checkingStart { try kind.migrations.refuseOlderSchema(db, path: path) }
      }
      hasNewestSchema = try pool.read(kind.migrations.isNewestSchema)
      if mustBeUnused, hasNewestSchema { try kind.migrations.refuseAlteredSchema(pool, path: path) }
      (reader, backgroundReader) = (pool, pool)
      files = nil
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
  }

  /// The maximum size in bytes of a file that ``checkStructure()`` reads.
  private static let checkedBytes = 32 << 20

  /// Throws if SQLite finds that the pages, the tables or the indexes of a small file are damaged.
  ///
  /// A larger file is not checked, because the time of a start must not depend on the size of the history.
  package func checkStructure(ofFileAt path: String) throws {
    guard let size = FileChecks.size(of: path), size <= Self.checkedBytes else { return }
    let problems: [String]
    do { problems = try reader.read { db in try String.fetchAll(db, sql: "PRAGMA integrity_check") } } catch {
      problems = [(error as? DatabaseError)?.message ?? "\(error)"]
    }
    guard let damage = problems.first(where: Self.isDamage) else { return }
    let line = damage.split(separator: "\n").last.map(String.init) ?? damage
    throw StorageError.unusable(path: path, problem: "it is damaged: \(line). Restore it from a backup")
  }

  /// Returns whether a line of SQLite's integrity check reports damage to pages, tables or indexes.
  ///
  /// If the result is false, the line reports a value that the schema does not permit. Such a value does not match the
  /// log either, so it is found when the rows are checked.
  package static func isDamage(_ line: String) -> Bool {
    line != "ok" && !line.hasPrefix("CHECK constraint failed") && !line.contains(" value in ")
  }

  /// Runs a read in one transaction on the calling thread.
  ///
  /// Call this method before the server answers requests, or on a thread of ``BackgroundThreads``. On another thread, a
  /// read that waits for a connection would block the thread, and other tasks need that thread.
  package func readOnThisThread<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    let reader = BackgroundThreads.isCurrent ? backgroundReader : reader
    do { return try reader.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Runs a read in one transaction.
  ///
  /// If the caller runs on a thread of ``BackgroundThreads``, this thread runs the read. Otherwise a thread of the pool
  /// of connections runs the read.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    counter.count.add(1, ordering: .relaxed)
    // The pool opens connections by path. If another program replaced the file, a new connection would read the other
    // file.
    try files?.check()
    if BackgroundThreads.isCurrent {
      try Task.checkCancellation()
      return try readOnThisThread(body)
    }
    do { return try await reader.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  ///
  /// Such an item could hide rows from a query. Triggers are not compared, because they do not run in a query.
  package func alteredSchemaItems(of kind: StorageKind) async throws -> [String] {
    try kind.migrations.alteredSchemaItems(reader).filter { !$0.hasPrefix("trigger ") }
  }

  /// Returns a `file:` URI for a path (sqlite.org/uri.html).
  ///
  /// All bytes of the path are escaped, except letters, digits and `/-_.`.
  static func immutableURI(of path: String) -> String {
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
