#if PostgreSQL
import Foundation
import ReflogPostgreSQL
import ReflogStorage
import Testing

@Suite(.needsServer)
struct LedgerConnectionTests {
  @Test func argumentsOfEachKindAreSent() throws {
    let connection = try TestServer.connect()
    let guid = SQLValue.guid(Array(0..<16))

    let values = try connection.first(
      "SELECT :text, :number, :bytes, :none::text, :guid, :truth",
      ["text": "ä", "number": -7, "bytes": [UInt8]([1, 2]), "none": nil, "guid": guid, "truth": true]
    ) { row in try (0..<6).map { try StoredValue(row, $0) } }

    #expect(
      values == [
        .text("ä"), .integer(-7), .blob([1, 2]), .null, .text("00010203-0405-0607-0809-0a0b0c0d0e0f"), .integer(1),
      ]
    )
  }

  @Test func aReadEndsIfItsClosureReturnsFalse() throws {
    let connection = try TestServer.connect()
    var count = 0

    try connection.read("SELECT * FROM generate_series(1, 100000)", [], kept: true) { _ in
      count += 1
      return count < 3
    }

    #expect(count == 3)
    #expect(try connection.integer("SELECT 4") == 4)
  }

  @Test func aReadEndsIfItsClosureThrows() throws {
    struct Stop: Error {}
    let connection = try TestServer.connect()

    #expect(throws: Stop.self) {
      try connection.forEach("SELECT * FROM generate_series(1, 1000)") { _ in throw Stop() }
    }

    #expect(try connection.integer("SELECT 4") == 4)
  }

  @Test func aStatementCanRunDuringAReadOfRows() throws {
    let connection = try TestServer.connect()
    var sums: [Int64] = []

    try connection.forEach("SELECT * FROM generate_series(1::bigint, 5)") { row in
      let doubled = try connection.integers("SELECT * FROM generate_series(1::bigint, ?)", [try row.integer(0)])
      try connection.execute("SET application_name = 'nested'")
      sums.append(try row.integer(0) * 100 + doubled.reduce(0, +))
    }

    #expect(sums == [101, 203, 306, 410, 515])
  }

  @Test func anErrorIsThrownEvenIfRowsArrivedEarlier() throws {
    let connection = try TestServer.connect()
    var count = 0

    let error = #expect(throws: SQLError.self) {
      try connection.forEach("SELECT 10 / (3000 - number) FROM generate_series(1, 5000) AS number") { _ in count += 1 }
    }

    #expect(error?.message == "the server refused a value (22012)")
    #expect(count > 0)
    #expect(try connection.integer("SELECT 4") == 4)
  }

  @Test func queuedStatementsRunEarlierThanTheRead() throws {
    let connection = try TestServer.connect()
    connection.queue("BEGIN")
    connection.queue("SELECT set_config('reflog.sample', 'set', true)")

    #expect(try connection.text("SELECT current_setting('reflog.sample')") == "set")

    connection.queue("SELECT 1/0")
    #expect(throws: SQLError.self) { try connection.text("SELECT 'skipped'") }
    try connection.execute("ROLLBACK")
  }

  @Test func aReadThrowsIfItsConnectionIsTerminated() throws {
    let connection = try TestServer.connect()
    let other = try TestServer.connect()
    var count = 0

    let error = #expect(throws: SQLError.self) {
      try connection.forEach("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)") { _ in
        count += 1
        if count == 10 {
          try other.forEach("SELECT pg_terminate_backend(?::integer, 5000)", [connection.processID]) { _ in }
        }
      }
    }

    #expect(error?.code == .transient)
    #expect(connection.isLost)
    #expect(count < 1_000_000)
  }

  @Test func aMillionRowsNeedLittleMemory() throws {
    let connection = try TestServer.connect()
    let before = try residentBytes()
    var highest = before
    var count = 0

    try connection.forEach("SELECT number, repeat('x', 200) FROM generate_series(1, 1000000) AS number") { row in
      count += try row.text(1).utf8.count == 200 ? 1 : 0
      if count.isMultiple(of: 50_000) { highest = max(highest, try residentBytes()) }
    }

    #expect(count == 1_000_000)
    // The rows together have more than 200 MiB. The limit is as high as 128 MiB because other tests use memory at the
    // same time.
    #expect(highest - before < 128 << 20)
  }

  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(Int(fields[1])) * 4096
  }
}
#endif
