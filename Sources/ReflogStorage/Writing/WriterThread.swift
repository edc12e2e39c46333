import CStorage
import Dispatch
import Foundation
import ServiceLifecycle
import Synchronization

/// The only thread that writes Reflog's files.
///
/// While the thread runs, no other thread uses the write connections.
///
/// In each pass, the thread processes the files in order, and commits the waiting writes of each file in one
/// transaction. The commit of one file can queue a write for another file. For example, a write to the embedded
/// directory queues the outcome of the change. The next pass commits that write on the same thread.
package final class WriterThread: Service {
  /// The slice of this thread in nanoseconds.
  ///
  /// All changes wait for this thread, and the thread waits for the disk several times in each pass. With a slice that
  /// is shorter than the slice of all other threads, this thread continues immediately when the disk has answered, even
  /// if other threads use all processors. With the normal slice, another thread could work for up to 3 ms first.
  private static let slice: UInt64 = 100_000

  private let files = Mutex<[any WrittenFile]>([])
  private let isAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  /// Creates a thread without files.
  package init() {}

  /// Adds a file that the thread will write.
  ///
  /// Call this method before ``run()``.
  func add(_ file: some WrittenFile) {
    files.withLock { $0.append(file) }
  }

  /// Wakes the thread because a write or a job is waiting.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  /// Closes all files; the thread writes all waiting writes, and then ``run()`` returns.
  package func close() {
    for file in files.withLock({ $0 }) { file.close() }
    wake()
  }

  /// Writes the files until a graceful shutdown or the cancellation of the task.
  ///
  /// Before this method returns, the thread writes all waiting writes.
  ///
  /// - Throws: An error if a commit failed and the result of the commit is unknown. The process must then end. When the
  ///   server starts again, it reads the file and finds out whether the transaction is there.
  package func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await withCheckedThrowingContinuation { continuation in
          Thread.detachNewThread {
            // On Linux, a new thread inherits the name of the thread that created it, so this thread sets its own name.
            storage_name_thread("writer")
            storage_set_slice(Self.slice)
            continuation.resume(with: Result { try self.work() })
          }
        }
      } onGracefulShutdown: {
        self.close()
      }
    } onCancel: {
      close()
    }
  }

  /// Writes the files until all files are closed.
  private func work() throws {
    let files = files.withLock { $0 }
    defer { for file in files { file.end() } }
    try open(files[...], [])
  }

  /// Opens the connections of all files in nested calls.
  ///
  /// This thread holds all connections until the innermost call returns.
  private func open(_ files: ArraySlice<any WrittenFile>, _ tasks: [WriterTask]) throws {
    guard let file = files.first else { return try write(tasks) }
    try file.withTask { task in try open(files.dropFirst(), tasks + [task]) }
  }

  /// The idle time after which the thread copies the write-ahead logs into the files.
  private static let idle = DispatchTimeInterval.seconds(1)

  /// Commits the waiting writes of each file, and sleeps while no write is waiting.
  private func write(_ tasks: [WriterTask]) throws {
    while true {
      var hasWorked = false
      for task in tasks where try task.commit() { hasWorked = true }
      if hasWorked { continue }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // A write that was queued before `isAsleep` was set did not wake this thread. So the thread now checks for work
      // once more.
      let files = files.withLock { $0 }
      if files.contains(where: \.hasWork) || files.allSatisfy(\.isClosed) {
        if !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.wait() }
        if !files.contains(where: \.hasWork) { return }
        continue
      }
      guard alarm.wait(timeout: .now() + Self.idle) == .timedOut else { continue }
      if !isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.wait() }
      for task in tasks { try task.rest() }
    }
  }
}

/// A file that a writer thread writes.
protocol WrittenFile: Sendable {
  /// Whether a write or a job is waiting.
  var hasWork: Bool { get }
  /// Whether the file is closed for ordinary writes.
  var isClosed: Bool { get }
  /// Opens the file's write connection, and calls `body` with the file's task.
  ///
  /// The writer thread calls this method.
  func withTask(_ body: (WriterTask) throws -> Void) throws
  /// Closes the file for ordinary writes.
  func close()
  /// Completes all waiting writes and jobs with an error, because the thread has ended.
  func end()
}

/// The work that the thread repeats for one file.
struct WriterTask {
  /// Commits the waiting writes, and returns true if there was any work.
  let commit: () throws -> Bool
  /// Copies the write-ahead log into the file.
  ///
  /// The thread calls this closure after an idle second.
  let rest: () throws -> Void
}
