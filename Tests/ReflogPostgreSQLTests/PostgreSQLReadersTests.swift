#if PostgreSQL
import Foundation
import ReflogLedger
import ReflogPostgreSQL
import ReflogStorage
import Synchronization
import Testing

@Suite(.needsServer)
struct PostgreSQLReadersTests {
  private let readers: PostgreSQLReaders

  init() throws {
    readers = PostgreSQLReaders(try #require(TestServer.address), count: 2)
  }

  @Test func aReadSeesOneStateAndCannotWrite() async throws {
    try await TestServer.withSchema { address, connection in
      try connection.execute("CREATE TABLE sample (id bigint)")
      let readers = PostgreSQLReaders(address)
      let counts = try await readers.read { db in
        let before = try db.integer("SELECT count(*) FROM sample")
        let other = try PostgreSQLConnection(address)
        try other.execute("INSERT INTO sample VALUES (1)")
        return [before, try db.integer("SELECT count(*) FROM sample")]
      }

      #expect(counts == [0, 0])
      #expect(try await readers.read { try $0.integer("SELECT count(*) FROM sample") } == 1)
      await #expect(throws: SQLError.self) { try await readers.read { try $0.execute("DELETE FROM sample") } }
      #expect(readers.readCount == 3)
    }
  }

  @Test func eachReadSetsItsTimeoutsAndThePlanner() async throws {
    let limits = ReadLimits(statement: .milliseconds(1500), idle: .seconds(7))
    let readers = PostgreSQLReaders(try #require(TestServer.address), count: 1, limits: limits)

    let names = [
      "statement_timeout", "idle_in_transaction_session_timeout", "transaction_isolation", "transaction_read_only",
      "enable_mergejoin", "enable_hashjoin", "enable_bitmapscan", "jit", "max_parallel_workers_per_gather",
    ]

    let texts = try await readers.read { db in
      try names.map { try db.text("SELECT current_setting(?)", [$0]) }
    }
    let error = await #expect(throws: SQLError.self) {
      try await readers.read { try $0.execute("SELECT pg_sleep(9)") }
    }

    #expect(texts == ["1500ms", "7s", "repeatable read", "on", "off", "off", "off", "off", "0"])
    #expect(error?.code == .busy)
    #expect(try await readers.read { try $0.integer("SELECT 1") } == 1)
  }

  @Test func aReadIsRunOnceMoreIfItsConnectionIsLost() async throws {
    let attempts = Attempts()

    let value = try await readers.read { db in
      if attempts.count.add(1, ordering: .relaxed).newValue == 1 {
        try db.execute("SELECT pg_terminate_backend(pg_backend_pid())")
      }
      return try db.integer("SELECT 5")
    }

    #expect(value == 5)
  }

  @Test func aReadThrowsIfItsConnectionIsLostTwice() async throws {
    let error = await #expect(throws: SQLError.self) {
      try await readers.read { try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
    }

    #expect(error?.code == .transient)
    #expect(try await readers.read { try $0.integer("SELECT 5") } == 5)
  }

  @Test func anErrorOfAReadDoesNotAffectTheNextRead() async throws {
    for _ in 0..<4 {
      await #expect(throws: SQLError.self) { try await readers.read { try $0.execute("SELECT 1/0") } }
    }

    #expect(try await readers.read { try $0.integer("SELECT 5") } == 5)
  }

  @Test func aReadWithoutAStatementReturnsItsValue() async throws {
    #expect(try await readers.read { _ in 3 } == 3)
    #expect(try await readers.read { try $0.integer("SELECT 5") } == 5)
  }

  @Test func manyReadsRunAtTheSameTime() async throws {
    let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
      for number in 1...200 { group.addTask { try await readers.read { try $0.integer("SELECT ?", [number]) ?? 0 } } }
      return try await group.reduce(0, +)
    }

    #expect(sum == 20100)
  }

  @Test func tooManyWaitingReadsAreRefused() async throws {
    let readers = PostgreSQLReaders(
      try #require(TestServer.address),
      count: 1,
      limits: ReadLimits(waitingReads: 1)
    )
    let refused = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          do {
            try await readers.read { try $0.execute("SELECT pg_sleep(0.2)") }
            return false
          } catch StorageError.queueFull { return true } catch { return false }
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }

    #expect((1..<10).contains(refused))
  }

  @Test func afterTheCloseNoReadIsAccepted() async throws {
    readers.close()

    await #expect(throws: StorageError.self) { try await readers.read { try $0.integer("SELECT 1") } }
  }

  @Test func anUnreachableServerFailsEachRead() async throws {
    let readers = PostgreSQLReaders("postgresql://127.0.0.1:1/db", count: 1)

    let error = await #expect(throws: SQLError.self) { try await readers.read { try $0.integer("SELECT 1") } }

    #expect(error?.code == .transient)
  }
}

/// The number of times that a read ran.
private final class Attempts: Sendable {
  let count = Atomic<Int>(0)
}
#endif
