import CStorage
import Dispatch
import Foundation
import ServiceLifecycle
import Synchronization

/// The one thread that writes Reflog's files, and owns their write connections while it runs.
///
/// It processes the files in order. Each pass commits the waiting writes of a file in one transaction. A write that
/// follows from a commit waits for the next pass of its file, without a switch of threads. An example is the outcome of
/// a change after the write to the embedded directory.
package final class WriterThread: Service {
  private let files = Mutex<[any WrittenFile]>([])
  private let isAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  /// Creates a thread without files.
  package init() {}

  /// Adds a file to the files that the thread writes.
  ///
  /// Call it before ``run()``.
  func add(_ file: some WrittenFile) {
    files.withLock { $0.append(file) }
  }

  /// Wakes the thread because a write or a job waits.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  /// Accepts no more writes; the waiting ones are still written, and then ``run()`` returns.
  package func close() {
    for file in files.withLock({ $0 }) { file.close() }
    wake()
  }

  /// Writes until a graceful shutdown or the cancellation of its task, and then writes what still waits.
  ///
  /// - Throws: An error if a commit failed and it is unknown whether it was written. The process must then end; the
  ///   next start finds out.
  package func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await withCheckedThrowingContinuation { continuation in
          Thread.detachNewThread {
            // A new thread inherits the name of the thread that made it, so the name is set here.
            storage_name_thread("writer")
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

  /// Writes the files until they are closed.
  private func work() throws {
    let files = files.withLock { $0 }
    defer { for file in files { file.end() } }
    try open(files[...], [])
  }

  /// Opens the connections, each nested in the one before: each belongs to this thread until the innermost call
  /// returns.
  private func open(_ files: ArraySlice<any WrittenFile>, _ tasks: [WriterTask]) throws {
    guard let file = files.first else { return try write(tasks) }
    try file.withTask { task in try open(files.dropFirst(), tasks + [task]) }
  }

  /// How long the thread must be idle before it copies the write-ahead logs into the files.
  private static let idle = DispatchTimeInterval.seconds(1)

  /// Commits what waits, file by file, and sleeps while no write waits.
  private func write(_ tasks: [WriterTask]) throws {
    while true {
      var hasWorked = false
      for task in tasks where try task.commit() { hasWorked = true }
      if hasWorked { continue }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // A write that was queued before the store did not see that the thread sleeps.
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
  /// Whether a write or a job waits.
  var hasWork: Bool { get }
  /// Whether it accepts no more ordinary writes.
  var isClosed: Bool { get }
  /// Opens the file's write connection and calls `body` with the work for it; called on the thread.
  func withTask(_ body: (WriterTask) throws -> Void) throws
  /// Accepts no more ordinary writes.
  func close()
  /// Fails the writes and jobs that still wait, because the thread has ended.
  func end()
}

/// The repeated work of the thread for one file.
struct WriterTask {
  /// Commits what waits, and returns whether there was any work.
  let commit: () throws -> Bool
  /// Called when the thread was idle for a while.
  let rest: () throws -> Void
}
