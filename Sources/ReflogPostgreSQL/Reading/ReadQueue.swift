#if PostgreSQL
import DequeModule
import Dispatch
import ReflogStorage
import Synchronization

/// A read that waits for a connection.
struct QueuedRead: Sendable {
  /// Runs the read on the thread of a connection.
  let run: @Sendable (ReadWorker) -> Void
  /// Ends the read with an error if no connection will run the read.
  let refuse: @Sendable (StorageError) -> Void
}

/// The reads that wait for a connection.
final class ReadQueue: Sendable {
  private struct State {
    var reads: Deque<QueuedRead> = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// The semaphore that counts the waiting reads; the threads wait for this semaphore.
  ///
  /// After the queue was closed, each thread that wakes also wakes the next thread.
  private let arrivals = DispatchSemaphore(value: 0)
  private let maximumCount: Int

  /// Creates an empty queue.
  init(maximumCount: Int) {
    self.maximumCount = maximumCount
  }

  /// Adds a read, or refuses the read if too many reads are waiting or if the queue is closed.
  func add(_ read: QueuedRead) {
    let refusal: StorageError? = state.withLock { state in
      if state.isClosed { return .stopped }
      if state.reads.count >= maximumCount { return .queueFull }
      state.reads.append(read)
      return nil
    }
    if let refusal { read.refuse(refusal) } else { arrivals.signal() }
  }

  /// Waits for a read and removes the read from the queue, or returns nil after the queue was closed.
  func next() -> QueuedRead? {
    arrivals.wait()
    let read = state.withLock { $0.reads.popFirst() }
    // There is no read, because the queue was closed. So this thread wakes the next thread.
    if read == nil { arrivals.signal() }
    return read
  }

  /// Refuses all waiting and all later reads.
  func close() {
    let refused = state.withLock { state in
      state.isClosed = true
      defer { state.reads.removeAll() }
      return state.reads
    }
    for read in refused { read.refuse(.stopped) }
    arrivals.signal()
  }
}
#endif
