import GRDB
import ReflogTesting
import Testing

@testable import ReflogStorage

struct GroupCommitTests {
  private struct Refusal: Error {}

  @Test func writesThatFailAreTakenBackAlone() async throws {
    try await withStorage { storage in
      let writer = storage.writer
      _ = try await writer.write { db in try db.execute(sql: "CREATE TABLE t (x INTEGER PRIMARY KEY)") }

      await withTaskGroup { group in
        for number in 0..<100 {
          group.addTask {
            try? await writer.write { db in
              try db.execute(sql: "INSERT INTO t VALUES (?)", arguments: [number])
              if number.isMultiple(of: 3) { throw Refusal() }
            }
          }
        }
      }

      let kept = try await storage.reader.read { db in try Int.fetchAll(db, sql: "SELECT x FROM t ORDER BY x") }
      #expect(kept == (0..<100).filter { !$0.isMultiple(of: 3) })
    }
  }

  @Test func whoeverViolatesAConstraintIsToldSo() async throws {
    try await withStorage { storage in
      _ = try await storage.writer.write { db in try db.execute(sql: "CREATE TABLE t (x INTEGER PRIMARY KEY)") }

      await #expect(throws: StorageError.self) {
        try await storage.writer.write { db in try db.execute(sql: "INSERT INTO t VALUES (1), (1)") }
      }

      #expect(storage.writer.isHealthy)
    }
  }

  @Test func aFullDiskIsRolledBackAndGetsWellAgain() async throws {
    try await withStorage { storage in
      _ = try await storage.writer.write { db in
        try db.execute(sql: "CREATE TABLE t (x BLOB)")
        try db.execute(sql: "PRAGMA max_page_count = 100")
      }

      let error = await #expect(throws: StorageError.self) {
        try await storage.writer.write { db in try db.execute(sql: "INSERT INTO t VALUES (randomblob(1000000))") }
      }
      _ = try await storage.writer.write { db in try db.execute(sql: "PRAGMA max_page_count = 100000") }
      _ = try await storage.writer.write { db in try db.execute(sql: "INSERT INTO t VALUES (randomblob(1000000))") }

      guard case .diskFull = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try await storage.reader.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM t") } == 1)
    }
  }

  @Test func aWriterThatIsClosedTakesNoMore() async throws {
    try await withStorage { storage in
      storage.writer.close()

      await #expect(throws: StorageError.self) { try await storage.writer.write { _ in } }
    }
  }

  @Test func theQueueIsBoundedAndReservedWritesGoFirst() {
    var queue = GroupCommitQueue<String>(
      limits: GroupCommitLimits(places: 4, batch: 3, writesBetweenCheckpoints: 1000, headroomBytes: 0)
    )

    let taken = (1...3).map { queue.add(ordinary: "intent \($0)", reservingPlace: $0 < 3) }
    let first = queue.takeBatch()
    let fourth = queue.add(ordinary: "intent 4", reservingPlace: true)
    queue.add(reserved: "outcome 2")
    queue.add(reserved: "outcome 1")
    let fifth = queue.add(ordinary: "intent 5", reservingPlace: true)
    let second = queue.takeBatch()
    queue.releasePlace()

    #expect(taken == [true, true, false])
    #expect(first == ["intent 1", "intent 2"])
    #expect(fourth)
    #expect(!fifth)
    #expect(second == ["outcome 2", "outcome 1", "intent 4"])
    #expect(queue.isEmpty)
  }
}
