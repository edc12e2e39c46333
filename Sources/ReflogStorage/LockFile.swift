import Glibc
import Synchronization

/// A lock on `<path>.lock` that keeps every other process out until it is released or deinitialized.
///
/// The lock is on a separate file because SQLite's exclusive mode would also keep readers out. The kernel releases the
/// lock when the process ends, also after a crash.
final class LockFile: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Takes the lock for the file at `path`, or throws ``StorageError/inUse(path:)`` if another process holds it.
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
      // A child process that was forked and has not yet called exec shares the lock. Closing the descriptor alone would
      // leave the lock with that child.
      flock(open, LOCK_UN)
      close(open)
    }
  }

  deinit {
    release()
  }
}
