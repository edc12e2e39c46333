/// The reason why a SQLite file can't be used, or why a write failed or may have failed.
package enum StorageError: Error, Sendable, CustomStringConvertible {
  /// Another process has locked the file.
  case inUse(path: String)
  /// The locks or flushes of the file system are not reliable.
  case unsafeFileSystem(path: String, name: String)
  /// The path is not a plain file, or the file has other names (hard links).
  case notAPlainFile(path: String, problem: String)
  /// The file can't be opened, created, read or written.
  case unusable(path: String, problem: String)
  /// The file contains no table, so it contains no history.
  case noTables(path: String)
  /// The file's write-ahead log is missing although a server had the file open, so the newest changes can be missing.
  case missingLog(path: String)
  /// Another program replaced, moved or deleted the file while this process has it open.
  case replaced(path: String)
  /// The file is a SQLite file of another program, or a different kind of Reflog file.
  case foreign(path: String)
  /// A newer version of Reflog migrated the file.
  case newerSchema(path: String)
  /// An item of the schema is missing, altered or added.
  ///
  /// `name` contains the type and the name of the item.
  case alteredSchema(path: String, name: String)
  /// The file is a copy of another ledger, and `reflog migrate-ledger` did not complete it.
  case unfinishedCopy(path: String)
  /// SQLite did not accept a setting that Reflog needs.
  case setting(path: String, name: String, expected: String, found: String)
  /// Too many writes are waiting in the queue.
  ///
  /// The new write was refused.
  case queueFull
  /// The disk is full.
  ///
  /// The write had no effect.
  case diskFull
  /// Another process or a long read uses the file.
  ///
  /// The write had no effect.
  case locked
  /// The write failed and was rolled back.
  case failed(String)
  /// The read failed.
  case unreadable(String)
  /// COMMIT failed, so it is unknown whether the write is in the file.
  ///
  /// The writer has stopped. When the server starts again, it reads the file and finds out whether the write is there.
  case commitUnknown(String)
  /// The writer has stopped and accepts no more writes.
  case stopped
  /// A column contains a value of a type that Reflog does not write, so the file is damaged.
  case unexpectedValue(column: String)

  package var description: String {
    switch self {
    case .inUse(let path):
      "\(path) is in use by another Reflog process. Stop that process first, or name another file."
    case .unsafeFileSystem(let path, let name):
      "\(path) is on a file system of type \(name). Its locks and flushes are not reliable. Use a file on a local disk."
    case .notAPlainFile(let path, let problem): "\(path) \(problem). Name a plain file."
    case .unusable(let path, let problem): "\(path) can't be used: \(problem)."
    case .noTables(let path):
      "\(path) can't be used: it contains no tables, so it contains no history. Restore it from a backup, or delete it "
        + "if it was never used."
    case .missingLog(let path):
      "\(path) can't be used: \(path)-wal is missing, and the newest changes can be in that file. Restore \(path)-wal. "
        + "To copy a ledger that is in use, run reflog backup."
    case .replaced(let path):
      "\(path) was replaced, moved or deleted while Reflog uses it. Reflog records no more changes. Stop Reflog, "
        + "restore the file, and start Reflog again."
    case .foreign(let path):
      "\(path) is a SQLite file of another program, or another kind of Reflog file. Name another file."
    case .newerSchema(let path): "\(path) was written by a newer version of Reflog. Use that version or a later one."
    case .alteredSchema(let path, let name):
      "The schema of \(path) is not Reflog's: the \(name) is missing, altered or added. Restore the original file, or "
        + "drop what you added."
    case .unfinishedCopy(let path):
      "\(path) is an unfinished copy of another ledger. Run the same reflog migrate-ledger again to complete it, or "
        + "delete \(path)."
    case .setting(let path, let name, let expected, let found):
      "\(path) can't be used: SQLite's \(name) is \(found) and can't be set to \(expected)."
    case .queueFull: "Too many writes are waiting. This write was not made. Try again later."
    case .diskFull: "The disk is full. Free some space, then try again."
    case .locked: "Another process or a long read uses the file. Wait until it ends, then try again."
    case .failed(let problem): "The write failed: \(problem)\(problem.hasSuffix(".") ? "" : ".")"
    case .unreadable(let problem): "The read failed: \(problem)\(problem.hasSuffix(".") ? "" : ".")"
    case .commitUnknown(let problem):
      "It is unknown whether the last commit was written (\(problem)). Start Reflog again to find out."
    case .stopped: "The writer has stopped and accepts no more writes. Start Reflog again."
    case .unexpectedValue(let column):
      "Column \(column) holds a value of a type that Reflog does not write. The file is damaged. Restore it from a "
        + "backup."
    }
  }
}
