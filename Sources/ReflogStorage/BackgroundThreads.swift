import CStorage
import DequeModule
import Dispatch
import Foundation
import Synchronization

/// Threads for counts and exports, which take long and must not delay other requests.
///
/// A slice is the time for which Linux lets a thread run before another thread can run. From Linux 6.12 on, a thread
/// that wakes interrupts a running thread immediately if the running thread has a longer slice. So these threads have a
/// longer slice than all other threads. If all slices were equal, a thread that wakes could wait for some milliseconds
/// until one of these threads stops.
///
/// A higher nice value would also lower the priority of these threads. It is not used, because each thread passes its
/// nice value to the threads that it creates. If one of these threads created a thread for the pool of Swift, that
/// thread would keep the higher nice value and delay changes.
///
/// The reads of a SQLite file, the comparison with the log, and the conversion to JSON or CSV run on these threads.
/// Reads from PostgreSQL run on the threads of the connections.
package final class BackgroundThreads: TaskExecutor {
  /// The slice of these threads in nanoseconds.
  ///
  /// All other threads have a shorter slice: at most 3 ms.
  private static let slice: UInt64 = 10_000_000
  private let jobs: JobQueue

  /// Creates the executor without threads. A thread starts when a job needs it.
  ///
  /// - Parameter count: The maximum number of threads.
  package init(count: Int) {
    jobs = JobQueue(threads: count)
  }

  deinit { jobs.close() }

  /// Whether the calling thread is one of these threads.
  package static var isCurrent: Bool { storage_is_background() != 0 }

  /// Runs `work`, and all child tasks of `work`, on these threads.
  package func run<Value, Failure>(
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    try await withTaskExecutorPreference(self) { () async throws(Failure) -> Value in
      // Swift moves a task to these threads only after the task was suspended. Without this loop, `work` could begin on
      // another thread.
      while !Self.isCurrent { await Task.yield() }
      return try await work()
    }
  }

  /// Runs a job of a task on one of the threads. Swift calls this method.
  package func enqueue(_ job: consuming ExecutorJob) {
    guard jobs.add(UnownedJob(job)) else { return }
    let executor = asUnownedTaskExecutor()
    Thread.detachNewThread { [jobs] in
      // On Linux, a new thread inherits the name of the thread that created it, so this thread sets its own name.
      storage_name_thread("background")
      storage_set_slice(Self.slice)
      storage_enter_background()
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
  /// The number of waiting jobs. Threads without a job wait for this semaphore.
  ///
  /// `close()` sends one signal without a job. Each thread that finds no job wakes the next thread, so all threads end.
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

  /// Closes the queue. The threads end after the waiting jobs are complete.
  func close() {
    arrivals.signal()
  }
}
