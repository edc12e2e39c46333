import ReflogTesting
import Synchronization
import Testing

@testable import ReflogStorage

struct GroupCommitTests {
  private struct Refusal: Error {}

  private func makeTable(_ writer: GroupCommitWriter<PlainSession>, _ column: String = "x INTEGER PRIMARY KEY")
    async throws
  {
    try await writer.write { session in try session.connection.execute("CREATE TABLE t (\(column))") }
  }

  private func rows(_ storage: Storage) async throws -> [Int64] {
    try await storage.reader.read { db in try db.integers("SELECT x FROM t ORDER BY x") }
  }

  @Test func onlyTheFailedWriteIsRolledBack() async throws {
    try await withWriter { writer, storage in
      try await makeTable(writer)

      await withTaskGroup { group in
        for number in 0..<100 {
          group.addTask {
            try? await writer.write { session in
              try session.connection.execute("INSERT INTO t VALUES (?)", [number])
              if number.isMultiple(of: 3) { throw Refusal() }
            }
          }
        }
      }

      let kept = try await rows(storage)
      #expect(kept == (0..<100).filter { !$0.isMultiple(of: 3) })
    }
  }

  /// One transaction contains three writes, and the second write fails.
  ///
  /// The writer runs all three writes in one transaction, because the writes are submitted before the thread starts.
  @Test func theOtherWritesOfATransactionAreKeptAndCommittedOnce() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try Storage(path: folder + "/reflog.sqlite", kind: .ledger)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      try storage.setUp { db in try db.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)") }
      let runs = Mutex<[Int: Int]>([:])
      let failures = Mutex<[Int]>([])
      for number in 1...3 {
        writer.submit { session in
          runs.withLock { $0[number, default: 0] += 1 }
          try session.connection.execute("INSERT INTO t VALUES (?)", [number])
          if number == 2 { throw Refusal() }
        } completion: { result in
          if case .failure = result { failures.withLock { $0.append(number) } }
        }
      }

      try await running(thread, storage) {
        try await writer.write { _ in }

        #expect(try await rows(storage) == [1, 3])
        #expect(failures.withLock { $0 } == [2])
        // The second write had already changed a row at the moment of its failure. So the writer rolled the transaction
        // back. Then the writer ran every write again, each in a separate savepoint.
        #expect(runs.withLock { $0[1] } == 2)
      }
    }
  }

  @Test func theOtherWritesAreNotRepeatedIfTheFailedWriteChangedNoRow() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try Storage(path: folder + "/reflog.sqlite", kind: .ledger)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      try storage.setUp { db in try db.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)") }
      let runs = Mutex(0)
      writer.submit { session in
        runs.withLock { $0 += 1 }
        try session.connection.execute("INSERT INTO t VALUES (1)")
      } completion: { _ in
      }
      writer.submit { _ in
        throw Refusal()
      } completion: { (_: Result<Void, any Error>) in
      }

      try await running(thread, storage) {
        try await writer.write { _ in }

        #expect(try await rows(storage) == [1])
        #expect(runs.withLock { $0 } == 1)
      }
    }
  }

  @Test func onlyTheWriteThatViolatesAConstraintFails() async throws {
    try await withWriter { writer, storage in
      try await makeTable(writer)

      let error = await #expect(throws: StorageError.self) {
        try await writer.write { session in try session.connection.execute("INSERT INTO t VALUES (1), (1)") }
      }

      guard case .failed = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(writer.isHealthy)
      #expect(try await rows(storage).isEmpty)
    }
  }

  @Test func aWriteToAFullDiskIsRolledBackAndLaterWritesSucceed() async throws {
    try await withWriter { writer, storage in
      try await makeTable(writer, "x BLOB")
      try await writer.write { session in try session.connection.execute("PRAGMA max_page_count = 100") }

      let error = await #expect(throws: StorageError.self) {
        try await writer.write { session in try session.connection.execute("INSERT INTO t VALUES (randomblob(1000000))")
        }
      }
      #expect(!writer.isHealthy)
      try await writer.write { session in try session.connection.execute("PRAGMA max_page_count = 100000") }
      try await writer.write { session in try session.connection.execute("INSERT INTO t VALUES (randomblob(1000000))") }

      guard case .diskFull = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(writer.isHealthy)
      #expect(try await storage.reader.read { db in try db.integer("SELECT count(*) FROM t") } == 1)
    }
  }

  @Test func aClosedWriterRefusesWrites() async throws {
    try await withWriter { writer, _ in
      writer.close()

      let error = await #expect(throws: StorageError.self) { try await writer.write { _ in } }

      guard case .stopped = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func aWriteIsAnsweredWhenItIsDurable() async throws {
    try await withWriter { writer, storage in
      try await makeTable(writer)

      try await writer.write { session in try session.connection.execute("INSERT INTO t VALUES (7)") }

      #expect(try sqlite3(storage.path, "SELECT x FROM t") == "7")
    }
  }

  @Test func theQueueIsLimitedAndReservedWritesPrecedeOrdinaryWrites() {
    var queue = GroupCommitQueue<String>(limits: GroupCommitLimits(slots: 4, batch: 3, headroomBytes: 0))

    let taken = (1...3).map { queue.add(ordinary: "intent \($0)", reservingSlot: $0 < 3) }
    let first = queue.takeBatch()
    let fourth = queue.add(ordinary: "intent 4", reservingSlot: true)
    queue.add(reserved: "outcome 2")
    queue.add(reserved: "outcome 1")
    let fifth = queue.add(ordinary: "intent 5", reservingSlot: true)
    let second = queue.takeBatch()
    queue.releaseSlot()

    #expect(taken == [true, true, false])
    #expect(first == ["intent 1", "intent 2"])
    #expect(fourth)
    #expect(!fifth)
    #expect(second == ["outcome 2", "outcome 1", "intent 4"])
    #expect(queue.isEmpty)
  }
}
