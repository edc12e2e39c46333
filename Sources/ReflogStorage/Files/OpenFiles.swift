import CStorage
import Glibc
import Synchronization

/// The files of an open database: the database and its write-ahead log.
///
/// This object detects that another program replaced one of the two files. It also stores the ``SessionMark`` in the
/// database's header.
final class OpenFiles: Sendable {
  /// The path of the database.
  let path: String

  /// The identity of a file, or nil if there is no file.
  private struct Identity: Equatable {
    private let number: UInt64
    private let deviceMajor: UInt32
    private let deviceMinor: UInt32

    init?(_ path: String) {
      var identity = storage_file_identity()
      guard storage_identify_file(path, &identity) == 0 else { return nil }
      number = identity.number
      deviceMajor = identity.device_major
      deviceMinor = identity.device_minor
    }
  }

  private struct State {
    /// The descriptor of the open database, or nil after the file was released.
    ///
    /// The descriptor must be kept while a connection is open. If this process closed the descriptor, the kernel would
    /// release all locks that the process holds on the file (fcntl(2)), including the locks of SQLite.
    var descriptor: Int32?
    var mark: SessionMark?
    /// The identities of the database and of its log.
    ///
    /// The value is nil while ``check()`` compares no identities.
    var identities: (database: Identity?, log: Identity?)?
  }

  private let state: Mutex<State>

  /// Opens the database at a path to write its mark.
  ///
  /// Call this initializer before any connection opens the file.
  init(ofDatabaseAt path: String) throws(StorageError) {
    self.path = path
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    state = Mutex(State(descriptor: descriptor))
  }

  /// The mark in the file, or nil if no mark was written yet.
  var mark: SessionMark? { state.withLock { $0.mark } }

  /// Writes a mark into the header of the file, and begins to check the identities of the files.
  ///
  /// Before this call, the newest transaction must have written the same mark. Otherwise SQLite would later overwrite
  /// the mark in the header with the number from that transaction. When this method returns, the mark is durable.
  func write(_ mark: SessionMark) throws(StorageError) {
    let isWritten = state.withLock { state in
      guard let descriptor = state.descriptor else { return false }
      var number = mark.number.bigEndian
      let size = MemoryLayout.size(ofValue: number)
      state.mark = mark
      state.identities = (Identity(path), Identity(path + "-wal"))
      return pwrite(descriptor, &number, size, off_t(DatabaseHeader.markOffset)) == size && fdatasync(descriptor) == 0
    }
    guard isWritten else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// Throws ``StorageError/replaced(path:)`` if the file at one of the two paths is missing or was replaced since the
  /// start.
  ///
  /// The check needs two system calls.
  func check() throws(StorageError) {
    guard let (database, log) = state.withLock({ $0.identities }) else { return }
    guard Identity(path) == database else { throw .replaced(path: path) }
    guard Identity(path + "-wal") == log else { throw .replaced(path: path + "-wal") }
  }

  /// Ends the checks, because SQLite may delete the log when the connections close.
  func close() {
    state.withLock { $0.identities = nil }
  }

  /// Closes the database; call this method when no connection has the file open.
  func release() {
    state.withLock { state in if let descriptor = state.descriptor.take() { Glibc.close(descriptor) } }
  }

  deinit { release() }
}
