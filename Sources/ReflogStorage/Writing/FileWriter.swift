import GRDB
import Synchronization

/// The one writer of a file: concurrent writes share a transaction, and each is answered once that is on disk.
///
/// A write that throws is taken back alone, the others of its transaction are kept. Where COMMIT itself fails, nobody knows whether
/// the transaction took place: every write in it throws ``StorageError/commitUnknown(_:)``, the writer takes no more, and its
/// thread ends with an error, so that the process ends and the next start finds out.
package final class FileWriter<Session: WriteSession>: Sendable {
  /// Whether a write came by a place of its own.
  package enum WritePriority: Sendable {
    /// Queues with the others.
    case ordinary
    /// Queues with the others, and reserves a place for one ``reserved`` write. If the write is made, that place is the caller's to
    /// use or to give back; if it fails, it is given back.
    case ordinaryReservingNext
    /// Takes a place that an earlier write reserved, and goes before all ordinary ones.
    case reserved
  }

  private struct Write: Sendable {
    let reservesNext: Bool
    let make: GroupCommitTransaction<Session>.Write
    let fail: @Sendable (any Error) -> Void
  }

  /// Something that runs between two transactions.
  private struct Alone: Sendable {
    let run: @Sendable (Session) -> Void
    let fail: @Sendable (any Error) -> Void
  }

  private struct State {
    var queue: GroupCommitQueue<Write>
    var alone: [Alone] = []
    var isOpen = true
    var hasEnded = false
    var hasFailed = false
  }

  /// What a writer did since it was opened.
  package struct Counters: Sendable {
    package var commits = 0
    package var statements = 0
  }

  private let storage: Storage
  private let limits: GroupCommitLimits
  private let thread: WriterThread
  private let makeSession: @Sendable (Connection) throws -> Session
  private let state: Mutex<State>
  private let counted = Mutex(Counters())

  /// - Parameter makeSession: called on the thread, once it runs.
  package init(
    of storage: Storage,
    on thread: WriterThread,
    limits: GroupCommitLimits = .standard,
    makeSession: @escaping @Sendable (Connection) throws -> Session
  ) {
    self.storage = storage
    self.limits = limits
    self.thread = thread
    self.makeSession = makeSession
    state = Mutex(State(queue: GroupCommitQueue(limits: limits)))
    thread.add(self)
  }

  /// Whether the writer takes writes, the last transaction went through, and the disk has room for more.
  package var isHealthy: Bool { state.withLock { $0.isOpen && !$0.hasFailed } && hasHeadroom }

  package var counters: Counters { counted.withLock { $0 } }

  /// Makes a write in a transaction that it may share with others, and returns once that is durable.
  ///
  /// Waits for the answer even if the calling task is cancelled: the caller must know. Throws what `body` throws, or a
  /// ``StorageError``. `body` may run twice.
  package func write<Value: Sendable>(
    _ priority: WritePriority = .ordinary,
    _ body: @escaping @Sendable (Session) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      submit(priority, body) { continuation.resume(with: $0) }
    }
  }

  /// The same for callers that do not wait: `completion` runs on the writer's thread, or at once where nothing can be written.
  package func submit<Value: Sendable>(
    _ priority: WritePriority = .ordinary,
    _ body: @escaping @Sendable (Session) throws -> Value,
    completion: @escaping @Sendable (Result<Value, any Error>) -> Void
  ) {
    let reservesNext = if case .ordinaryReservingNext = priority { true } else { false }
    let write = Write(
      reservesNext: reservesNext,
      make: { session in
        let value = try body(session)
        return { completion(.success(value)) }
      },
      fail: { error in
        if reservesNext { self.releasePlace() }
        completion(.failure(error))
      }
    )
    if let refusal = add(write, to: priority) { return completion(.failure(refusal)) }
    thread.wake()
  }

  /// Runs something on the connection that writes, between two transactions.
  package func runAlone<Value: Sendable>(
    _ body: @escaping @Sendable (Session) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = state.withLock { state in
        guard state.isOpen else { return false }
        state.alone.append(
          Alone(
            run: { session in continuation.resume(with: Result { try body(session) }) },
            fail: { continuation.resume(throwing: $0) }
          )
        )
        return true
      }
      guard isTaken else { return continuation.resume(throwing: StorageError.stopped) }
      thread.wake()
    }
  }

  /// Pages given back to the file system at a time, so that writes hardly wait.
  private static var pagesReclaimed: Int { 256 }

  /// Gives the space of what was deleted back to the file system, and empties the write-ahead log, so that nothing of it is left in
  /// either file but what SQLite keeps of cells that moved before they were deleted: that goes when the file is compacted. Throws
  /// ``StorageError/locked`` where others read for so long that the log can't be emptied.
  package func reclaim() async throws {
    while try await runAlone({ session in
      let db = session.connection
      try db.execute("PRAGMA incremental_vacuum(\(Self.pagesReclaimed))")
      return try db.integer("PRAGMA freelist_count") ?? 0
    }) > 0 {}
    for _ in 0..<Self.emptyingAttempts {
      let path = storage.path
      if try await runAlone({ try WriteAheadLog.empty($0.connection, fileAt: path) }) { return }
      try await Task.sleep(for: Self.emptyingPause)
    }
    throw StorageError.locked
  }

  /// How often it is tried to empty the write-ahead log, which needs a moment without a reader.
  private static var emptyingAttempts: Int { 100 }
  private static var emptyingPause: Duration { .milliseconds(100) }

  /// Gives back a place that ``WritePriority/ordinaryReservingNext`` reserved.
  package func releasePlace() {
    state.withLock { $0.queue.releasePlace() }
  }

  private func add(_ write: Write, to priority: WritePriority) -> StorageError? {
    state.withLock { state in
      switch priority {
      case .reserved:
        guard !state.hasEnded else {
          state.queue.releasePlace()
          return .stopped
        }
        state.queue.add(reserved: write)
        return nil
      case .ordinary, .ordinaryReservingNext:
        guard state.isOpen else { return .stopped }
        return state.queue.add(ordinary: write, reservingPlace: write.reservesNext) ? nil : .queueFull
      }
    }
  }

  /// Whether the disk has room for what is to follow: an outcome that its intent reserved a place for must find it.
  private var hasHeadroom: Bool { FileChecks.freeBytes(besideFileAt: storage.path) >= limits.headroomBytes }
}

extension FileWriter: WrittenFile {
  var hasWork: Bool { state.withLock { !$0.queue.isEmpty || !$0.alone.isEmpty } }
  var isClosed: Bool { state.withLock { !$0.isOpen } }

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
    try storage.withWriteConnection { connection in
      let session = try makeSession(connection)
      let transaction = try GroupCommitTransaction(connection, session)
      var log = WriteAheadLog(connection, fileAt: storage.path)
      try log.grow()
      let task = WriterTask(
        commit: {
          guard try self.commit(transaction, session, connection) else { return false }
          try log.checkpointIfDue()
          return true
        },
        rest: { try log.checkpointIfWritten() }
      )
      try body(task)
    }
  }

  /// Commits what waits and answers it.
  private func commit(
    _ transaction: GroupCommitTransaction<Session>,
    _ session: Session,
    _ connection: Connection
  ) throws -> Bool {
    let (alone, writes) = state.withLock { state in
      defer { state.alone.removeAll() }
      return (state.alone, state.queue.takeBatch())
    }
    for job in alone { job.run(session) }
    guard !writes.isEmpty else { return !alone.isEmpty }
    let batch = refusingWithoutHeadroom(writes)
    guard !batch.isEmpty else { return true }
    switch transaction.run(batch.map(\.make)) {
    case .committed(let results):
      note(hasFailed: false, connection)
      for (write, result) in zip(batch, results) {
        switch result {
        case .success(let settle): settle()
        case .failure(let error): write.fail(error)
        }
      }
    case .rolledBack(let error):
      note(hasFailed: true, connection)
      for write in batch { write.fail(error) }
    case .unknown(let problem):
      let error = StorageError.commitUnknown(problem)
      close()
      for write in batch { write.fail(error) }
      throw error
    }
    return true
  }

  private func note(hasFailed: Bool, _ connection: Connection) {
    state.withLock { $0.hasFailed = hasFailed }
    counted.withLock { counters in
      if !hasFailed { counters.commits += 1 }
      counters.statements = connection.statementCount
    }
  }

  private func refusingWithoutHeadroom(_ writes: [Write]) -> [Write] {
    guard writes.contains(where: \.reservesNext), !hasHeadroom else { return writes }
    for write in writes where write.reservesNext { write.fail(StorageError.diskFull) }
    return writes.filter { !$0.reservesNext }
  }
}
