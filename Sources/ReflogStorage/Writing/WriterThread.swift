import CStorage
import Dispatch
import Foundation
import ServiceLifecycle
import Synchronization

/// The one thread that writes Reflog's files: it owns their write connections for as long as it runs.
///
/// It goes from file to file: each turn commits what waits for that file in one transaction. What a commit leads to, such as the
/// outcome of a change behind the write to the embedded directory, waits for the next turn of its file, without a switch of threads.
package final class WriterThread: Service {
  private let files = Mutex<[any WrittenFile]>([])
  private let isAsleep = Atomic<Bool>(false)
  private let alarm = DispatchSemaphore(value: 0)

  package init() {}

  /// Has the thread write a file too. Call it before ``run()``.
  func add(_ file: some WrittenFile) {
    files.withLock { $0.append(file) }
  }

  /// Tells the thread that something waits.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { alarm.signal() }
  }

  /// Takes no more; what waits is still written, and then ``run()`` returns.
  package func close() {
    for file in files.withLock({ $0 }) { file.close() }
    wake()
  }

  /// Writes until a graceful shutdown, or the cancellation of its task, and then what still waits.
  ///
  /// Throws where a commit failed in a way that leaves open whether it took place: then the process must end, and the next start
  /// finds out.
  package func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await withCheckedThrowingContinuation { continuation in
          Thread.detachNewThread {
            // Set inside: a thread has the name of the one that made it.
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

  private func work() throws {
    let files = files.withLock { $0 }
    defer { for file in files { file.end() } }
    try open(files[...], [])
  }

  /// Takes the connections one inside the other: each is this thread's until the innermost call returns.
  private func open(_ files: ArraySlice<any WrittenFile>, _ tasks: [WriterTask]) throws {
    guard let file = files.first else { return try write(tasks) }
    try file.withTask { task in try open(files.dropFirst(), tasks + [task]) }
  }

  /// How long nothing must wait before the write-ahead logs are copied into the files.
  private static let idle = DispatchTimeInterval.seconds(1)

  private func write(_ tasks: [WriterTask]) throws {
    while true {
      var hasWorked = false
      for task in tasks where try task.commit() { hasWorked = true }
      if hasWorked { continue }
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // Whatever came before that did not see it.
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
  /// Whether something waits to be written.
  var hasWork: Bool { get }
  var isClosed: Bool { get }
  /// Hands out the file's connection for as long as `body` runs. Called on the thread.
  func withTask(_ body: (WriterTask) throws -> Void) throws
  /// Takes no more from outside.
  func close()
  /// Fails what still waits: the thread is gone.
  func end()
}

/// What a thread does with one file, again and again.
struct WriterTask {
  /// Commits what waits. Returns whether anything did.
  let commit: () throws -> Bool
  /// Called when nothing has waited for a while.
  let rest: () throws -> Void
}
