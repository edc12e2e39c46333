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
    let descriptor = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unusable(path: path + ".lock", problem: lastSystemError()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isTaken = errno == EWOULDBLOCK
      let problem = lastSystemError()
      close(descriptor)
      throw isTaken ? .inUse(path: path) : .unusable(path: path + ".lock", problem: problem)
    }
    self.descriptor = Mutex(descriptor)
  }

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

  deinit {
    release()
  }
}
