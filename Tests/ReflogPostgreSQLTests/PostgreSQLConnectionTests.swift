#if PostgreSQL
import Foundation
import ReflogPostgreSQL
import ReflogStorage
import Testing

@Suite(.needsServer)
struct PostgreSQLConnectionTests {
  typealias Parameter = PostgreSQLConnection.Parameter

  static let parameters: [(Parameter, String, [StoredValue])] = [
    (.null, "SELECT $1::text", [.null]),
    (.integer(.min), "SELECT $1", [.integer(.min)]),
    (.integer(-1), "SELECT $1", [.integer(-1)]),
    (.text("Zoë ' \\ \n"), "SELECT $1", [.text("Zoë ' \\ \n")]),
    (.text(""), "SELECT $1", [.text("")]),
    (.bytes([0, 255, 92]), "SELECT $1", [.blob([0, 255, 92])]),
    (.bytes([]), "SELECT $1", [.blob([])]),
    (.integers([1, nil, .max]), "SELECT unnest($1)", [.integer(1), .null, .integer(.max)]),
    (.integers([nil, nil]), "SELECT unnest($1)", [.null, .null]),
    (.texts(["", nil, "ß"]), "SELECT unnest($1)", [.text(""), .null, .text("ß")]),
    (.byteStrings([[], nil, [0]]), "SELECT unnest($1)", [.blob([]), .null, .blob([0])]),
    (.booleans([true, nil, false]), "SELECT unnest($1)", [.integer(1), .null, .integer(0)]),
    (.integers([]), "SELECT cardinality($1)", [.integer(0)]),
    (.texts([]), "SELECT unnest($1)", []),
    (.byteStrings([]), "SELECT cardinality($1)", [.integer(0)]),
    (.booleans([]), "SELECT cardinality($1)", [.integer(0)]),
  ]

  @Test(arguments: parameters.indices) func parametersArriveUnchanged(_ index: Int) throws {
    let (parameter, sql, expected) = Self.parameters[index]
    let connection = try TestServer.connect()

    connection.queue(sql, [parameter])
    let results = try connection.finish()

    #expect(results.count == 1)
    #expect(try values(results[0]) == expected)
  }

  @Test(arguments: [
    ("true", StoredValue.integer(1)), ("false", .integer(0)), ("(-2)::int2", .integer(-2)),
    ("(-3)::int4", .integer(-3)), ("(-4)::int8", .integer(-4)), ("4294967295::oid", .integer(4_294_967_295)),
    ("'a'::text", .text("a")),
    ("'b'::varchar(3)", .text("b")), ("'c '::char(2)", .text("c ")), ("'d'::name", .text("d")),
    ("'{\"e\": 1}'::json", .text("{\"e\": 1}")), ("'<f/>'::xml", .text("<f/>")), ("'g'::\"char\"", .text("g")),
    ("'h'", .text("h")), ("'\\x00ff'::bytea", .blob([0, 255])), ("NULL", .null), ("NULL::bigint", .null),
    ("pg_sleep(0)", .null),
  ])
  func columnsOfEachTypeAreRead(_ expression: String, _ expected: StoredValue) throws {
    let connection = try TestServer.connect()

    #expect(try connection.first("SELECT \(expression)") { try StoredValue($0) } == expected)
  }

  @Test func theErrorContainsTheNameOfAnUnsupportedType() throws {
    let connection = try TestServer.connect()

    let error = #expect(throws: SQLError.self) { try connection.integer("SELECT 1.5 AS share") }

    #expect(
      error?.message == "column share has the PostgreSQL type 1700, which Reflog does not read; cast it in the query"
    )
    #expect(try connection.integer("SELECT 7") == 7)
  }

  static let errors: [(String, SQLError.Code, String)] = [
    ("SELECT 1/0", .other, "the server refused a value (22012)"),
    ("SELECT 'secret'::bigint", .other, "the server refused a value (22P02)"),
    ("SELEC", .misuse, "syntax error at or near \"SELEC\" (42601)"),
    ("SELECT * FROM missing", .misuse, "relation \"missing\" does not exist (42P01)"),
    ("DO $$ BEGIN RAISE 'no'; END $$", .constraint, "no (P0001)"),
    (
      "INSERT INTO sample VALUES (NULL)", .constraint,
      "null value in column \"id\" of relation \"sample\" violates not-null constraint (23502)"
    ),
    (
      "INSERT INTO sample VALUES (1), (1)", .constraint,
      "duplicate key value violates unique constraint \"sample_pkey\" (23505)"
    ),
  ]
  static let states: [(String, SQLError.Code)] = [
    ("40001", .transient), ("40P01", .transient), ("57P01", .transient), ("57P02", .transient), ("57P03", .transient),
    ("25006", .transient), ("08006", .transient), ("08P01", .transient), ("53300", .transient), ("23514", .constraint),
    ("53100", .full), ("55P03", .busy), ("57014", .busy), ("53200", .outOfMemory), ("58030", .inputOutput),
    ("XX001", .corrupt), ("XX002", .corrupt), ("42501", .misuse), ("XX000", .other), ("0A000", .other),
  ]

  @Test(arguments: errors.indices) func anErrorHasItsKindAndContainsNoValues(_ index: Int) async throws {
    let (sql, code, message) = Self.errors[index]
    try await TestServer.withSchema { _, connection in
      try connection.execute("CREATE TABLE sample (id bigint PRIMARY KEY)")

      let error = #expect(throws: SQLError.self) { try connection.execute(sql) }

      #expect(error?.code == code)
      #expect(error?.message == message)
      #expect(!connection.isLost)
      #expect(try connection.integer("SELECT 1") == 1)
    }
  }

  @Test(arguments: states.indices) func eachSQLSTATEHasItsKind(_ index: Int) throws {
    let (state, code) = Self.states[index]
    let connection = try TestServer.connect()

    let error = #expect(throws: SQLError.self) {
      try connection.execute("DO $$ BEGIN RAISE 'x' USING ERRCODE = '\(state)'; END $$")
    }

    #expect(error?.code == code)
  }

  @Test func theFirstErrorOfARequestIsThrownAndTheNextStatementsAreSkipped() async throws {
    try await TestServer.withSchema { _, connection in
      try connection.execute("CREATE TABLE sample (id bigint PRIMARY KEY)")
      connection.queue("BEGIN")
      connection.queue("INSERT INTO sample VALUES ($1)", [.integer(1)])
      connection.queue("INSERT INTO sample VALUES ($1)", [.integer(1)])
      connection.queue("SELECT 1/0")
      connection.queue("COMMIT")

      let error = #expect(throws: SQLError.self) { try connection.finish() }

      #expect(error?.code == .constraint)
      #expect(connection.isInsideTransaction)
      try connection.execute("ROLLBACK")
      #expect(!connection.isInsideTransaction)
      #expect(try connection.integer("SELECT count(*) FROM sample") == 0)
    }
  }

  @Test func resultsAreInTheOrderOfTheStatements() async throws {
    try await TestServer.withSchema { _, connection in
      connection.queue("CREATE TABLE sample (id bigint PRIMARY KEY)")
      connection.queue("INSERT INTO sample SELECT unnest($1)", [.integers([1, 2, 3])])
      connection.queue("SELECT id FROM sample ORDER BY id")
      connection.queue("DELETE FROM sample WHERE id > $1", [.integer(1)])

      let results = try connection.finish()

      #expect(results.map(\.affectedRows) == [0, 3, 3, 2])
      #expect(try values(results[2]) == [.integer(1), .integer(2), .integer(3)])
      #expect(connection.statementCount == 6)
      try connection.execute("UPDATE sample SET id = ? WHERE id = ?", [5, 1])
      #expect(connection.changedRowCount == 1)
    }
  }

  @Test(arguments: [0, 1]) func aRequestFailsIfAStatementCannotBeSent(statementsInFront count: Int) throws {
    let connection = try TestServer.connect()
    for _ in 0..<count { connection.queue("SELECT 1") }
    connection.queue("SELECT 1", Array(repeating: .null, count: 70_000))
    connection.queue("SELECT set_config('reflog.sample', 'set', false)")

    let error = #expect(throws: SQLError.self) { try connection.finish() }

    #expect(error?.code == .misuse)
    #expect(try connection.text("SELECT current_setting('reflog.sample', true)") == nil)
  }

  @Test func anEmptyRequestReturnsNoResults() throws {
    let connection = try TestServer.connect()

    #expect(try connection.finish().isEmpty)
  }

  @Test func aRequestOnATerminatedConnectionThrows() throws {
    let connection = try TestServer.connect()
    let other = try TestServer.connect()
    connection.queue("SELECT 1")
    connection.queue("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.queue("SELECT 2")

    let error = #expect(throws: SQLError.self) { try connection.finish() }

    #expect(error?.code == .transient)
    #expect(error?.message == "terminating connection due to administrator command (57P01)")
    #expect(connection.isLost)
    #expect(throws: SQLError.self) { try connection.integer("SELECT 1") }
    #expect(try other.integer("SELECT 1") == 1)
  }

  @Test func aRequestThrowsIfTheConnectionWasTerminatedWhileItWasIdle() throws {
    let connection = try TestServer.connect()
    let other = try TestServer.connect()
    try other.forEach("SELECT pg_terminate_backend(?::integer, 5000)", [connection.processID]) { _ in }

    let error = #expect(throws: SQLError.self) { try connection.integer("SELECT 1") }

    #expect(error?.code == .transient)
    #expect(connection.isLost)
  }

  @Test func aRequestThrowsAfterTheTimeoutIfTheServerDoesNotAnswer() throws {
    let connection = try TestServer.connect()
    connection.timeout = .milliseconds(300)

    let error = #expect(throws: SQLError.self) { try connection.execute("SELECT pg_sleep(10)") }

    #expect(error?.code == .transient)
    #expect(connection.isLost)
  }

  @Test func aRequestThatIsLargerThanTheBuffersOfTheSocketsIsSent() throws {
    let connection = try TestServer.connect()
    let text = String(repeating: "x", count: 4 << 20)
    for _ in 0..<8 { connection.queue("SELECT $1", [.text(text)]) }

    let results = try connection.finish()

    #expect(try results.flatMap(values) == Array(repeating: .text(text), count: 8))
  }

  @Test func aWarningIsRecorded() throws {
    let connection = try TestServer.connect()

    try connection.execute("DO $$ BEGIN RAISE WARNING 'careful'; END $$")

    #expect(connection.warnings == [PostgreSQLNotice(code: "01000", message: "careful")])
    #expect(!connection.committedOnlyLocally)
  }

  /// Each commit on the server at `waitingAddress` waits for a standby server that does not exist.
  @Test(
    .enabled(if: TestServer.waitingAddress != nil, "REFLOG_TEST_POSTGRESQL_WAITING is not set"),
    arguments: [("pg_cancel_backend", false), ("pg_terminate_backend", true)]
  )
  func aCommitThatDoesNotWaitForItsStandbyIsReported(_ end: String, isLost: Bool) throws {
    let address = try #require(TestServer.waitingAddress)
    let connection = try PostgreSQLConnection(address)
    let processID = connection.processID
    // This code must run in a new thread, because a task could wait for the thread that this test blocks.
    Thread.detachNewThread {
      guard let other = try? PostgreSQLConnection(address) else { return }
      let isWaiting = "SELECT wait_event = 'SyncRep' FROM pg_stat_activity WHERE pid = ?"
      while (try? other.bool(isWaiting, [processID])) == false {}
      _ = try? other.execute("SELECT \(end)(?::integer)", [processID])
    }

    connection.queue("SELECT pg_logical_emit_message(true, 'reflog', 'sample')::text")
    let count = try? connection.finish().count

    #expect(connection.committedOnlyLocally)
    #expect(connection.isLost == isLost)
    #expect(count == (isLost ? nil : 1))
  }

  @Test(arguments: ["postgresql://user:secret%zz@host/db", "host=h password secret"])
  func anInvalidAddressThrowsWithoutItsPassword(_ address: String) {
    let error = #expect(throws: SQLError.self) { try PostgreSQLConnection(address) }

    #expect(error?.code == .misuse)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func theErrorAboutAnUnreachableServerIsTransient() {
    let error = #expect(throws: SQLError.self) {
      try PostgreSQLConnection("postgresql://user:secret@127.0.0.1:1/db?connect_timeout=2")
    }

    #expect(error?.code == .transient)
    #expect(error?.message.contains("secret") == false)
  }

  @Test func theNameOfTheApplicationAndTheEncodingAreSet() throws {
    let connection = try TestServer.connect()

    #expect(try connection.text("SELECT current_setting('application_name')") == "reflog")
    #expect(try connection.text("SELECT current_setting('client_encoding')") == "UTF8")
  }

  private func values(_ result: PostgreSQLResult) throws -> [StoredValue] {
    var values: [StoredValue] = []
    try result.forEach { row in
      values.append(try StoredValue(row))
      return true
    }
    return values
  }
}
#endif
