import CStorage
import DequeModule
import Dispatch
import Foundation
import Synchronization

/// Threads for work that takes long and must not slow down other work: counts and exports.
///
/// The threads have a low priority. If a processor is free, the low priority has no effect. While other work needs a
/// processor, the kernel gives the processor to the other work, even if a count has just begun. If other work uses all
/// processors, each of these threads still gets about a tenth of the time of another thread. So a count that holds a
/// lock for a moment does not stop a change that waits for the lock.
///
/// All parts of the work run on these threads: the reads of a SQLite file, the comparison with the log, and the
/// conversion to JSON or CSV. Reads from PostgreSQL run on the threads of the connections.
package final class LowPriorityThreads: TaskExecutor {
  /// The number by which the nice value of these threads is higher than the nice value of all other threads.
  private static let niceness: Int32 = 10
  /// The slice of these threads in nanoseconds.
  ///
  /// The slice of all other threads is shorter: at most 3 ms. So a thread that wakes for other work interrupts these
  /// threads immediately. With equal slices, Linux would let one of these threads work for some milliseconds first.
  private static let slice: UInt64 = 10_000_000
  private let jobs: JobQueue

  /// Creates the threads; a thread starts when it is needed for the first time.
  ///
  /// - Parameter count: The maximum number of threads. With more threads than connections to the ledger, a read that
  ///   waits for a connection does not stop the work that needs no connection.
  package init(count: Int = 8) {
    jobs = JobQueue(threads: count)
  }

  deinit { jobs.close() }

  /// Whether the calling thread is one of these threads.
  package static var isCurrent: Bool { storage_has_low_priority() != 0 }

  /// Runs `work`, and all child tasks of `work`, on these threads.
  package func run<Value, Failure>(
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(self) { () async throws(Failure) -> Value in
      // Swift moves a task to these threads only when the task is suspended. So without this loop, the work could begin
      // on a thread with normal priority.
      while !Self.isCurrent { await Task.yield() }
      return try await work()
    }
  }

  /// Runs a job of a task on one of the threads; Swift calls this method.
  package func enqueue(_ job: consuming ExecutorJob) {
    guard jobs.add(UnownedJob(job)) else { return }
    let executor = asUnownedTaskExecutor()
    Thread.detachNewThread { [jobs] in
      // On Linux, a new thread inherits the name of the thread that created it, so this thread sets its own name.
      storage_name_thread("low-priority")
      storage_lower_priority(Self.niceness, Self.slice)
      while let job = jobs.next() { job.runSynchronously(on: executor) }
    }
  }
}

/// The jobs that wait for one of the threads.
private final class JobQueue: Sendable {
  private struct State {
    var jobs: Deque<UnownedJob> = []
    /// The number of threads that wait for a job.
    var idle = 0
    /// The number of threads that were started.
    var started = 0
  }

  private let state = Mutex(State())
  /// The semaphore that counts the waiting jobs; the threads wait for this semaphore.
  ///
  /// After the queue was closed, each thread that wakes also wakes the next thread.
  private let arrivals = DispatchSemaphore(value: 0)
  private let threads: Int

  init(threads: Int) {
    self.threads = threads
  }

  /// Adds a job, and returns whether the caller must start a thread for the job.
  func add(_ job: UnownedJob) -> Bool {
    let startsThread = state.withLock { state in
      state.jobs.append(job)
      guard state.jobs.count > state.idle, state.started < threads else { return false }
      state.started += 1
      return true
    }
    arrivals.signal()
    return startsThread
  }

  /// Waits for a job and removes the job from the queue, or returns nil after the queue was closed.
  func next() -> UnownedJob? {
    state.withLock { $0.idle += 1 }
    arrivals.wait()
    let job = state.withLock { state in
      state.idle -= 1
      return state.jobs.popFirst()
    }
    // There is no job, because the queue was closed. So this thread wakes the next thread.
    if job == nil { arrivals.signal() }
    return job
  }

  /// Ends the threads after all waiting jobs.
  func close() {
    arrivals.signal()
  }
}
