import Synchronization

/// The only writer of a database.
///
/// Concurrent writes share a transaction. When the transaction is durable, each caller gets the result of its own
/// write.
///
/// If one write throws, only that write is rolled back. If COMMIT fails, it is unknown whether the transaction was
/// written. Then every write in the transaction throws ``StorageError/commitUnknown(_:)``, and the writer accepts no
/// more writes. The writer's thread ends with an error, so the process ends. When the server starts again, it reads the
/// database and finds out whether the transaction is there.
package final class GroupCommitWriter<Session: WriteSession>: Sendable {
  /// The kind of a write, which defines the order in the queue and the use of reserved slots.
  package enum WritePriority: Sendable {
    /// The write waits in order of arrival.
    case ordinary
    /// The write waits in order of arrival, and reserves a slot for one later ``reserved`` write.
    ///
    /// If the write succeeds, the caller must use or release the slot. If the write fails, the writer releases the
    /// slot.
    case ordinaryReservingNext
    /// The write uses a slot that an earlier write reserved, and runs before all ordinary writes.
    case reserved
  }

  /// A write that waits in the queue.
  ///
  /// The type is a class, because the queue moves a reference faster than a value of a generic type.
  private final class Write: Sendable {
    let reservesNext: Bool
    /// The items that the write will append, or nil if the items are not known; see ``WriteSession/begin(_:)``.
    let items: Session.Items?
    let make: GroupCommitTransaction<Session>.Write
    let fail: @Sendable (any Error) -> Void

    init(
      reservesNext: Bool,
      items: Session.Items?,
      make: @escaping GroupCommitTransaction<Session>.Write,
      fail: @escaping @Sendable (any Error) -> Void
    ) {
      (self.reservesNext, self.items, self.make, self.fail) = (reservesNext, items, make, fail)
    }
  }

  /// A job that runs between two transactions.
  private struct Alone: Sendable {
    let run: @Sendable (Session, StoreUpkeep) -> Void
    let fail: @Sendable (any Error) -> Void
  }

  /// The state that the callers and the writer's thread share.
  private struct State {
    var queue: GroupCommitQueue<Write>
    var alone: [Alone] = []
    var isOpen = true
    var hasEnded = false
    var hasFailed = false
  }

  /// The number of commits and the number of statements since the writer was opened.
  package struct Counters: Sendable {
    package var commits = 0
    package var statements = 0
  }

  /// The open write connection, the session that uses the connection, and the maintenance work on the database.
  private struct Opened {
    let connection: any WriteConnection
    let session: Session
    let upkeep: StoreUpkeep
  }

  private let store: any WritableStore
  private let limits: GroupCommitLimits
  private let thread: WriterThread
  /// Opens the write connection, creates the session, and passes the connection and the session to the closure.
  private let withOpened: @Sendable ((Opened) throws -> Void) throws -> Void
  private let state: Mutex<State>
  private let counted = Mutex(Counters())

  /// Creates a writer, and adds the writer to a thread that is not running yet.
  ///
  /// - Parameters:
  ///   - store: The open database.
  ///   - thread: The thread that writes the database.
  ///   - limits: The limits of the queue and of each transaction.
  ///   - makeSession: Creates the writer's session. The thread calls this closure at its start.
  package init<Store: WritableStore>(
    of store: Store,
    on thread: WriterThread,
    limits: GroupCommitLimits = .standard,
    makeSession: @escaping @Sendable (Store.Writer) throws -> Session
  ) {
    self.store = store
    self.limits = limits
    self.thread = thread
    withOpened = { body in
      try store.withWriter { connection, upkeep in
        try body(Opened(connection: connection, session: try makeSession(connection), upkeep: upkeep))
      }
    }
    state = Mutex(State(queue: GroupCommitQueue(limits: limits)))
    thread.add(self)
  }

  /// Whether the writer accepts writes, the last transaction succeeded, and the database has enough free space.
  package var isHealthy: Bool { state.withLock { $0.isOpen && !$0.hasFailed } && hasHeadroom }

  /// The counters at this moment.
  package var counters: Counters { counted.withLock { $0 } }

  /// Runs a write, and returns when the write is durable.
  ///
  /// The write can share a transaction with other writes. This method waits for the result even if the calling task is
  /// cancelled, because the caller must know the result. The writer may call `body` more than once, because a
  /// transaction that was rolled back can run again.
  ///
  /// - Throws: The error that `body` throws, or a ``StorageError``.
  package func write<Value: Sendable>(
    _ priority: WritePriority = .ordinary,
    of items: Session.Items? = nil,
    _ body: @escaping @Sendable (Session) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      submit(priority, of: items, body) { continuation.resume(with: $0) }
    }
  }

  /// Submits a write without waiting for its result.
  ///
  /// `completion` is called on the writer's thread. If the write is refused, `completion` is called before this method
  /// returns.
  package func submit<Value: Sendable>(
    _ priority: WritePriority = .ordinary,
    of items: Session.Items? = nil,
    _ body: @escaping @Sendable (Session) throws -> Value,
    completion: @escaping @Sendable (Result<Value, any Error>) -> Void
  ) {
    let reservesNext = if case .ordinaryReservingNext = priority { true } else { false }
    let write = Write(
      reservesNext: reservesNext,
      items: items,
      make: { session in
        let value = try body(session)
        return { completion(.success(value)) }
      },
      fail: { error in
        if reservesNext { self.releaseSlot() }
        completion(.failure(error))
      }
    )
    if let refusal = add(write, to: priority) { return completion(.failure(refusal)) }
    thread.wake()
  }

  /// Runs a job on the write connection, between two transactions.
  private func runAlone<Value: Sendable>(
    _ body: @escaping @Sendable (Session, StoreUpkeep) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = state.withLock { state in
        guard state.isOpen else { return false }
        state.alone.append(
          Alone(
            run: { session, upkeep in continuation.resume(with: Result { try body(session, upkeep) }) },
            fail: { continuation.resume(throwing: $0) }
          )
        )
        return true
      }
      guard isTaken else { return continuation.resume(throwing: StorageError.stopped) }
      thread.wake()
    }
  }

  /// Frees the space of deleted rows.
  ///
  /// When this method returns, the files of the database contain no copy of these rows, with one exception: if SQLite
  /// moved a row within the file before the deletion, a copy can remain. Only a compaction removes such a copy.
  ///
  /// - Throws: ``StorageError/locked`` if the space can't be freed because other connections never stop reading.
  package func reclaim() async throws {
    var attempts = 0
    while attempts < Self.reclaimingAttempts {
      switch try await runAlone({ _, upkeep in try upkeep.reclaim() }) {
      case .all: return
      case .part: continue
      case .prevented:
        attempts += 1
        try await Task.sleep(for: Self.reclaimingPause)
      }
    }
    throw StorageError.locked
  }

  /// The maximum number of failed attempts to free space. An attempt fails while a connection is reading.
  private static var reclaimingAttempts: Int { 100 }
  /// The pause between two attempts to free space.
  private static var reclaimingPause: Duration { .milliseconds(100) }

  /// Releases a slot that ``WritePriority/ordinaryReservingNext`` reserved.
  package func releaseSlot() {
    state.withLock { $0.queue.releaseSlot() }
  }

  /// Queues a write, or returns the reason for the refusal.
  private func add(_ write: Write, to priority: WritePriority) -> StorageError? {
    state.withLock { state in
      switch priority {
      case .reserved:
        guard !state.hasEnded else {
          state.queue.releaseSlot()
          return .stopped
        }
        state.queue.add(reserved: write)
        return nil
      case .ordinary, .ordinaryReservingNext:
        guard state.isOpen else { return .stopped }
        return state.queue.add(ordinary: write, reservingSlot: write.reservesNext) ? nil : .queueFull
      }
    }
  }

  /// Whether the disk has enough free space for the reserved writes.
  ///
  /// An intent reserves a slot for its outcome. When the outcome is written later, it must still fit on the disk.
  private var hasHeadroom: Bool { store.hasHeadroom(of: limits.headroomBytes) }
}

extension GroupCommitWriter: WrittenFile {
  var hasWork: Bool { state.withLock { !$0.queue.isEmpty || !$0.alone.isEmpty } }
  var isClosed: Bool { state.withLock { !$0.isOpen } }

  /// Closes the writer, which then accepts only reserved writes.
  package func close() {
    state.withLock { $0.isOpen = false }
    thread.wake()
  }

  func end() {
    let (writes, alone) = state.withLock { state in
      (state.isOpen, state.hasEnded) = (false, true)
      defer { state.alone.removeAll() }
      return (state.queue.takeAll(), state.alone)
    }
    for write in writes { write.fail(StorageError.stopped) }
    for job in alone { job.fail(StorageError.stopped) }
  }

  func withTask(_ body: (WriterTask) throws -> Void) throws {
    try withOpened { opened in
      let transaction = GroupCommitTransaction(opened.connection, opened.session)
      let task = WriterTask(
        commit: {
          guard try self.commit(transaction, opened) else { return false }
          try opened.upkeep.afterCommit()
          return true
        },
        rest: {
          try opened.upkeep.rest()
          self.noteIfUnusable()
        }
      )
      try body(task)
    }
  }

  /// Runs the waiting jobs, commits one batch of writes, and completes these writes.
  ///
  /// The result is true if there was any work.
  private func commit(_ transaction: GroupCommitTransaction<Session>, _ opened: Opened) throws -> Bool {
    let (alone, writes) = state.withLock { state in
      defer { state.alone.removeAll() }
      return (state.alone, state.queue.takeBatch())
    }
    for job in alone { job.run(opened.session, opened.upkeep) }
    guard !writes.isEmpty else { return !alone.isEmpty }
    if let error = noteIfUnusable() {
      for write in writes { write.fail(error) }
      return true
    }
    let batch = refusingWithoutHeadroom(writes)
    guard !batch.isEmpty else { return true }
    // These are closures and not key paths, because a key path into a generic type is created again at each use.
    switch transaction.run(batch.map { $0.make }, of: batch.compactMap { $0.items }) {
    case .committed(let results):
      note(hasFailed: false, opened.connection)
      for (write, result) in zip(batch, results) {
        switch result {
        case .success(let settle): settle()
        case .failure(let error): write.fail(error)
        }
      }
    case .rolledBack(let error):
      note(hasFailed: true, opened.connection)
      for write in batch { write.fail(error) }
    case .unknown(let problem):
      let error = StorageError.commitUnknown(problem)
      close()
      for write in batch { write.fail(error) }
      throw error
    }
    return true
  }

  /// Checks whether the database may still be written; if not, returns an error and marks the writer as not healthy.
  ///
  /// The check needs only two system calls. It runs once for each transaction, and not for each write.
  @discardableResult
  private func noteIfUnusable() -> StorageError? {
    do { try store.check() } catch {
      state.withLock { $0.hasFailed = true }
      return error
    }
    return nil
  }

  /// Counts a transaction, and stores whether the transaction failed.
  private func note(hasFailed: Bool, _ connection: any WriteConnection) {
    state.withLock { $0.hasFailed = hasFailed }
    counted.withLock { counters in
      if !hasFailed { counters.commits += 1 }
      counters.statements = connection.statementCount
    }
  }

  /// Returns the writes that may run, and refuses all other writes.
  ///
  /// If the disk is nearly full, this method refuses all writes that reserve a slot.
  private func refusingWithoutHeadroom(_ writes: [Write]) -> [Write] {
    guard writes.contains(where: { $0.reservesNext }), !hasHeadroom else { return writes }
    for write in writes where write.reservesNext { write.fail(StorageError.diskFull) }
    return writes.filter { !$0.reservesNext }
  }
}
