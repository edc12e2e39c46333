import ReflogTesting
import Synchronization
import Testing

@testable import ReflogStorage

struct WriterThreadTests {
  private func open(_ name: String, in folder: String) throws -> Storage {
    let storage = try Storage(path: folder + "/" + name, kind: .ledger)
    try storage.setUp { db in try db.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)") }
    return storage
  }

  private func insert(_ number: Int, _ session: PlainSession) throws {
    try session.connection.execute("INSERT INTO t VALUES (?)", [number])
  }

  @Test func waitingWritesAreWrittenWhenTheThreadIsClosed() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try open("a.sqlite", in: folder)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      let answers = Mutex(0)
      for number in 1...10 {
        writer.submit {
          try insert(number, $0)
        } completion: { result in
          if case .success = result { answers.withLock { $0 += 1 } }
        }
      }
      thread.close()

      try await thread.run()

      try storage.close()
      #expect(answers.withLock { $0 } == 10)
      #expect(try sqlite3(storage.path, "SELECT count(*) FROM t") == "10")
    }
  }

  @Test func writesAreRefusedAfterTheThreadEnded() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try open("a.sqlite", in: folder)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      try await running(thread) { try await writer.write { try insert(1, $0) } }

      await #expect(throws: StorageError.self) { try await writer.write { try insert(2, $0) } }
      await #expect(throws: StorageError.self) { try await writer.reclaim() }

      try storage.close()
    }
  }

  /// A closed writer refuses ordinary writes, but it still accepts a write with a reserved slot.
  ///
  /// So the ledger can record the outcome of a change that was sent before the stop.
  @Test func aReservedWriteIsMadeAfterTheThreadWasClosed() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try open("a.sqlite", in: folder)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      let outcome = Mutex<Bool?>(nil)
      writer.submit(.ordinaryReservingNext) {
        try insert(1, $0)
      } completion: { _ in
        // The thread closes after the first write and before the reserved write is submitted.
        thread.close()
        writer.submit(.reserved) {
          try insert(2, $0)
        } completion: { result in
          outcome.withLock { $0 = (try? result.get()) != nil }
        }
      }

      try await thread.run()

      try storage.close()
      #expect(outcome.withLock { $0 } == true)
      #expect(try sqlite3(storage.path, "SELECT group_concat(x) FROM t") == "1,2")
    }
  }

  @Test func oneThreadWritesSeveralFiles() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let (first, second) = (try open("a.sqlite", in: folder), try open("b.sqlite", in: folder))
      let writers = [first, second].map { storage in GroupCommitWriter(of: storage, on: thread) { PlainSession($0) } }

      try await running(thread, first, second) {
        await withTaskGroup { group in
          for number in 0..<100 {
            group.addTask { try? await writers[number % 2].write { try insert(number, $0) } }
          }
        }
        // The completion of the first write submits a write to the other file. A real change also writes two files in
        // this way: first the directory's file, and then the outcome in the ledger's file.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
          writers[0].submit {
            try insert(200, $0)
          } completion: { _ in
            writers[1].submit {
              try insert(200, $0)
            } completion: {
              continuation.resume(with: $0)
            }
          }
        }
      }

      for path in [first.path, second.path] { #expect(try sqlite3(path, "SELECT count(*) FROM t") == "51") }
    }
  }

  @Test func theThreadEndsWhenItsTaskIsCancelled() async throws {
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try open("a.sqlite", in: folder)
      let writer = GroupCommitWriter(of: storage, on: thread) { PlainSession($0) }
      let task = Task { try await thread.run() }
      try await writer.write { try insert(1, $0) }

      task.cancel()

      try await task.value
      try storage.close()
      await #expect(throws: StorageError.self) { try await writer.write { try insert(2, $0) } }
    }
  }

  @Test func ifNoSessionCanBeMadeTheThreadEndsAndEveryWriteFails() async throws {
    struct Failure: Error {}
    try await withTemporaryFolder { folder in
      let thread = WriterThread()
      let storage = try open("a.sqlite", in: folder)
      let writer = GroupCommitWriter<PlainSession>(of: storage, on: thread) { _ in throw Failure() }
      let failure = Mutex<(any Error)?>(nil)
      writer.submit {
        try insert(1, $0)
      } completion: { result in
        if case .failure(let error) = result { failure.withLock { $0 = error } }
      }

      await #expect(throws: Failure.self) { try await thread.run() }

      #expect(failure.withLock { $0 } is StorageError)
      await #expect(throws: StorageError.self) { try await writer.write { try insert(2, $0) } }
      try storage.close()
    }
  }
}
