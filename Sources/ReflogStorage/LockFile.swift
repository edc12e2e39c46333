import Glibc
import Synchronization

/// Holds `<path>.lock` against every other process until it is released, or lives no more.
///
/// SQLite's own exclusive mode would shut the readers out, hence a file beside it. The kernel lets go of the lock when
/// the process ends, however it ends.
final class LockFile: Sendable {
  private let descriptor: Mutex<Int32?>

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

  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor.take() else { return }
      // Closing alone leaves it with a child that was forked and has not begun its own program yet.
      flock(open, LOCK_UN)
      close(open)
    }
  }

  deinit {
    release()
  }
}
