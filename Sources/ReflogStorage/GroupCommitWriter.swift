package import GRDB
import ServiceLifecycle
import Synchronization

/// The one writer of a file: concurrent writes share a transaction, and each returns once that is on disk.
///
/// A write that throws is taken back alone, the others of its transaction are kept. When COMMIT itself fails, nobody
/// knows whether the transaction took place: every write in it throws ``StorageError/commitUnknown(_:)``, the writer
/// takes no more, and ``run()`` throws, so that the process ends and the next start finds out.
package final class GroupCommitWriter: Service {
  /// Whether a write came by a place of its own.
  package enum Place: Sendable {
    /// Queues with the others.
    case ordinary
    /// Queues with the others, and reserves a place for one ``reserved`` write. If the write is made, that place is the
    /// caller's to use or to give back; if it fails, it is given back.
    case ordinaryReservingNext
    /// Takes a place that an earlier write reserved, and goes before all ordinary ones.
    case reserved
  }

  /// A write that waits: makes its changes and returns what to do once they are durable.
  private struct Write: Sendable {
    let make: @Sendable (Database) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
  }

  private struct State {
    var queue: GroupCommitQueue<Write>
    var isOpen = true
    var hasFailed = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let pool: DatabasePool
  private let limits: GroupCommitLimits
  private let state: Mutex<State>
  private let witness = Mutex<(any TransactionWitness)?>(nil)

  init(pool: DatabasePool, limits: GroupCommitLimits) {
    self.pool = pool
    self.limits = limits
    state = Mutex(State(queue: GroupCommitQueue(limits: limits)))
  }

  /// Has somebody take part in every transaction from now on.
  package func work(before witness: any TransactionWitness) {
    self.witness.withLock { $0 = witness }
  }

  /// Whether the writer takes writes, the last transaction went through, and the disk has room for more.
  package var isHealthy: Bool {
    state.withLock { $0.isOpen && !$0.hasFailed } && hasHeadroom(for: .ordinaryReservingNext)
  }

  /// Writes a page as it is, to see whether writing works.
  package func probe() async {
    // What comes of it shows in `isHealthy`.
    try? await write { db in try db.execute(sql: "PRAGMA user_version = 0") }
  }

  /// Makes a write in a transaction that it may share with others, and returns once that is durable.
  ///
  /// Waits for the answer even if the calling task is cancelled: whoever asked must know. Throws what `body` throws, or
  /// a ``StorageError``.
  package func write<Value: Sendable>(
    _ place: Place = .ordinary,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let write = Write(
        make: { db in
          let value = try body(db)
          return { continuation.resume(returning: value) }
        },
        fail: { error in
          if case .ordinaryReservingNext = place { self.releasePlace() }
          continuation.resume(throwing: error)
        }
      )
      if let refusal = hasHeadroom(for: place) ? add(write, to: place) : .diskFull {
        continuation.resume(throwing: refusal)
      }
    }
  }

  /// Gives back a place that ``Place/ordinaryReservingNext`` reserved.
  package func releasePlace() {
    state.withLock { $0.queue.releasePlace() }
  }

  /// Whether the disk has room for what is to follow: an outcome that its intent reserved a place for must find it.
  private func hasHeadroom(for place: Place) -> Bool {
    guard case .ordinaryReservingNext = place else { return true }
    return FileChecks.freeBytes(besideFileAt: pool.path) >= limits.headroomBytes
  }

  private func add(_ write: Write, to place: Place) -> StorageError? {
    let (refusal, sleeper) = state.withLock { state -> (StorageError?, CheckedContinuation<Void, Never>?) in
      guard state.isOpen else {
        if case .reserved = place { state.queue.releasePlace() }
        return (.stopped, nil)
      }
      switch place {
      case .reserved: state.queue.add(reserved: write)
      case .ordinary, .ordinaryReservingNext:
        var reserves = false
        if case .ordinaryReservingNext = place { reserves = true }
        guard state.queue.add(ordinary: write, reservingPlace: reserves) else { return (.queueFull, nil) }
      }
      return (nil, state.sleeper.take())
    }
    sleeper?.resume()
    return refusal
  }

  /// Writes until a graceful shutdown, or the cancellation of its task, and then what still waits.
  package func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await writeBatches()
      } onGracefulShutdown: {
        self.close()
      }
    } onCancel: {
      close()
    }
  }

  private func writeBatches() async throws {
    var writesSinceCheckpoint = 0
    var walLimit = StorageSettings.keptWALBytes
    do {
      while await waitForWork() {
        let batch = state.withLock { $0.queue.takeBatch() }
        let settlements = try await commit(batch)
        for settle in settlements { settle() }
        writesSinceCheckpoint += batch.count
        if walBytes > walLimit {
          walLimit = try await restartWAL() ? StorageSettings.keptWALBytes : 2 * walBytes
          writesSinceCheckpoint = 0
        } else if writesSinceCheckpoint >= limits.writesBetweenCheckpoints {
          try await checkpoint()
          writesSinceCheckpoint = 0
        }
      }
    } catch {
      close()
      for write in state.withLock({ $0.queue.takeAll() }) { write.fail(StorageError.stopped) }
      throw error
    }
  }

  /// Sleeps until something waits. Returns false once the writer is closed and nothing waits any more.
  private func waitForWork() async -> Bool {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.queue.isEmpty, state.isOpen {
          state.sleeper = continuation
          return false
        }
        return true
      }
      if isReady { continuation.resume() }
    }
    return state.withLock { !$0.queue.isEmpty || $0.isOpen }
  }

  /// Takes no more; what waits is still written.
  package func close() {
    let sleeper = state.withLock { state in
      state.isOpen = false
      return state.sleeper.take()
    }
    sleeper?.resume()
  }

  /// Runs a batch as one transaction. Returns how to settle its writes; throws where COMMIT leaves the outcome open,
  /// with everything failed.
  private func commit(_ batch: [Write]) async throws -> [@Sendable () -> Void] {
    // Not GRDB's async write: that one is interrupted when its task is cancelled.
    let witness = witness.withLock { $0 }
    let transaction = await withCheckedContinuation { continuation in
      pool.asyncWriteWithoutTransaction { db in
        continuation.resume(returning: GroupCommitTransaction.run(batch.map(\.make), before: witness, in: db))
      }
    }
    switch transaction {
    case .committed(let results):
      state.withLock { $0.hasFailed = false }
      return zip(batch, results).map { write, result in
        switch result {
        case .success(let settle): settle
        case .failure(let error): { write.fail(error) }
        }
      }
    case .rolledBack(let error):
      state.withLock { $0.hasFailed = true }
      return batch.map { write in { write.fail(error) } }
    case .unknown(let problem):
      let error = StorageError.commitUnknown(problem)
      close()
      for write in batch { write.fail(error) }
      throw error
    }
  }

  /// Reads the WAL back into the file as far as readers allow.
  private func checkpoint() async throws {
    _ = try await runAlone { db in try WALCheckpoint.run(.passive, db) }
  }

  /// How long all writes wait until those who read let the WAL begin anew: as long as a short read takes.
  private static let restartMilliseconds = 250

  /// Lets the WAL begin anew, although somebody always reads. Returns false where somebody reads for longer.
  private func restartWAL() async throws -> Bool {
    try await runAlone { db in try WALCheckpoint.run(.restart, waiting: Self.restartMilliseconds, db) }
  }

  private var walBytes: Int { FileChecks.size(of: path + "-wal") ?? 0 }

  var path: String { pool.path }

  /// What of the disk is kept for outcomes.
  var headroomBytes: UInt64 { limits.headroomBytes }

  /// Runs something on the connection that writes, between two transactions.
  func runAlone<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      pool.asyncWriteWithoutTransaction { db in
        continuation.resume(with: Result { try body(db) })
      }
    }
  }
}
