import Glibc
import Synchronization

/// A lock on the file `<path>.lock`; only one process at a time can hold the lock.
///
/// The lock is released with ``release()`` or when this object is deinitialized. The kernel also releases the lock when
/// the process ends or crashes. The database itself is not locked, because other processes must be able to read the
/// database. SQLite's exclusive mode would prevent these reads.
final class LockFile: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Acquires the lock for the file at `path`, or throws ``StorageError/inUse(path:)`` if another process holds the
  /// lock.
  init(for path: String) throws(StorageError) {
    let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard descriptor >= 0 else { throw .unusable(path: path + ".lock", problem: lastSystemError()) }
    // A short check with `isHeld` in another process holds the lock for a moment. So the lock is requested several
    // times.
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

  /// Prevents the start of a server that would use the file at `path`, while the returned object exists.
  ///
  /// Several processes can share this lock. The result is nil if no lock file exists, which means that no server ever
  /// used the file.
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

  /// Throws if a folder, a link or a device has the path of the lock file, because these can't be locked.
  static func check(for path: String) throws(StorageError) {
    let file = path + ".lock"
    guard !FileChecks.isTaken(file) || FileChecks.isPlainFileItself(file) else {
      throw .notAPlainFile(path: file, problem: "is a folder, a link or a device")
    }
  }

  /// Returns whether a lock file exists for the file at `path`; the file exists if a server ever opened `path`.
  static func exists(for path: String) -> Bool { FileChecks.exists(path + ".lock") }

  /// Releases the lock.
  ///
  /// A second call has no effect.
  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor.take() else { return }
      // A child process shares this descriptor until the child calls exec. If this process only closed the descriptor,
      // the child would still hold the lock. `LOCK_UN` releases the lock for this process and for the child.
      flock(open, LOCK_UN)
      close(open)
    }
  }

  /// Removes the lock file, because the file at `path` could not be created.
  func remove(for path: String) throws(StorageError) { try DurableFile.remove(path + ".lock") }

  deinit {
    release()
  }
}
