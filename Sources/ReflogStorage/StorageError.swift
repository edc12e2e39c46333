/// Why a SQLite file can't be used as Reflog wants it, or a write was not made.
package enum StorageError: Error, Sendable, CustomStringConvertible {
  /// Another process serves the file.
  case inUse(path: String)
  /// The file system can't be trusted with locks or flushes.
  case unsafeFileSystem(path: String, name: String)
  /// The path names no plain file, or the file has several names.
  case notAPlainFile(path: String, problem: String)
  /// The file can't be opened or made.
  case unusable(path: String, problem: String)
  /// The file is SQLite's, but of another application, or of another kind of Reflog's.
  case foreign(path: String)
  /// A newer Reflog has been here.
  case newerSchema(path: String)
  /// Something of this kind and name in the schema is not as Reflog made it.
  case alteredSchema(path: String, name: String)
  /// A setting did not take.
  case setting(path: String, name: String, expected: String, found: String)
  /// Too much is waiting to be written; nothing of this was.
  case queueFull
  /// The disk is full; nothing of this was written.
  case diskFull
  /// Another process holds the write lock; nothing of this was written.
  case locked
  /// The write failed and was taken back.
  case failed(String)
  /// COMMIT failed, so that nobody knows whether this was written. The writer has stopped; the next start finds out.
  case commitUnknown(String)
  /// The writer takes no more.
  case stopped
  /// A column holds a value of another type than Reflog writes: the file is damaged.
  case unexpectedValue(column: String)

  package var description: String {
    switch self {
    case .inUse(let path):
      "\(path) is in use by another Reflog process. Stop that one first, or name another file."
    case .unsafeFileSystem(let path, let name):
      "\(path) is on \(name), whose locks and flushes can't be trusted. Put the file on a local disk."
    case .notAPlainFile(let path, let problem): "\(path) \(problem). Name a plain file."
    case .unusable(let path, let problem): "\(path) can't be used: \(problem)."
    case .foreign(let path): "\(path) is a SQLite file of something else. Name another file."
    case .newerSchema(let path): "\(path) was written by a newer Reflog. Use that version or a later one."
    case .alteredSchema(let path, let name):
      "The schema of \(path) is not Reflog's own: the \(name) is missing, altered or somebody else's. Put the file as it was back, or "
        + "drop what you added."
    case .setting(let path, let name, let expected, let found):
      "\(path): SQLite's \(name) is \(found) and won't become \(expected)."
    case .queueFull: "Too many writes are waiting."
    case .diskFull: "The disk is full."
    case .locked: "Another process holds the write lock of the file."
    case .failed(let problem): "The write failed: \(problem)\(problem.hasSuffix(".") ? "" : ".")"
    case .commitUnknown(let problem):
      "Whether the last commit took place is unknown (\(problem)). Start again to find out."
    case .stopped: "The writer has stopped."
    case .unexpectedValue(let column): "The column \(column) holds a value of a type that Reflog does not write."
    }
  }
}
