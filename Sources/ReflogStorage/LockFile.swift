import Glibc
import Synchronization

/// A lock on the file `<path>.lock` that only one process can hold at a time.
///
/// The lock is released with ``release()`` or when this object is deinitialized. The kernel also releases the lock when
/// the process ends or crashes. A separate file is locked, because with SQLite's own exclusive mode, other processes
/// could not read the database file.
final class LockFile: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Acquires the lock for the file at `path`, or throws ``StorageError/inUse(path:)`` if another process holds the
  /// lock.
  init(for path: String) throws(StorageError) {
    let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw .unusable(path: path + ".lock", problem: lastSystemError()) }
    // `isHeld` of another process holds the lock for a moment, so the lock is requested more than once.
    var attempts = 5
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let isTaken = errno == EWOULDBLOCK
      let problem = lastSystemError()
      attempts -= 1
      guard !isTaken || attempts == 0 else {
        usleep(20_000)
        continue
      }
      close(descriptor)
      throw isTaken ? .inUse(path: path) : .unusable(path: path + ".lock", problem: problem)
    }
    self.descriptor = Mutex(descriptor)
  }

  private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  /// Keeps servers from locking the file at `path`, and returns the lock, or nil if no lock file exists.
  ///
  /// Without a lock file no server ever used the file. Several processes can share the lock.
  ///
  /// - Throws: ``StorageError/inUse(path:)`` if a server holds the lock.
  static func share(for path: String) throws(StorageError) -> LockFile? {
    let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else {
      close(descriptor)
      throw .inUse(path: path)
    }
    return LockFile(descriptor)
  }

  /// Returns whether another process holds the lock for the file at `path`.
  static func isHeld(for path: String) -> Bool {
    let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Throws if the name of the lock file is taken by anything that can't be locked.
  static func check(for path: String) throws(StorageError) {
    let file = path + ".lock"
    guard !FileChecks.isTaken(file) || FileChecks.isPlainFileItself(file) else {
      throw .notAPlainFile(path: file, problem: "is a folder, a link or a device")
    }
  }

  /// Returns whether a lock file exists for the file at `path`, as it does once a server opened the file.
  static func exists(for path: String) -> Bool { FileChecks.exists(path + ".lock") }

  /// Releases the lock.
  ///
  /// A second call has no effect.
  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor.take() else { return }
      // A child process shares this descriptor until the child calls exec. If this process only closed the descriptor,
      // the child would still hold the lock. `LOCK_UN` releases the lock for both processes.
      flock(open, LOCK_UN)
      close(open)
    }
  }

  /// Removes the lock file of a file at `path` that could not be created.
  func remove(for path: String) throws(StorageError) { try DurableFile.remove(path + ".lock") }

  deinit {
    release()
  }
}
