#if PostgreSQL
import ReflogModel
import ReflogPostgreSQL
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogLedger

/// Tests of the copy of a whole ledger into PostgreSQL and from PostgreSQL.
@Suite(.enabled(if: PostgreSQLTestDatabase.server != nil, "REFLOG_TEST_POSTGRESQL is not set"))
struct PostgreSQLMigrationTests {
  /// An error that ends a copy.
  private struct Interruption: Error {}

  /// Calls `body` with new databases that have no tables.
  private func withDatabases(
    _ count: Int = 1,
    _ body: ([PostgreSQLTestDatabase]) async throws -> Void
  ) async throws {
    let server = try #require(PostgreSQLTestDatabase.server)
    let databases = try (0..<count).map { _ in try PostgreSQLTestDatabase(of: server) }
    do { try await body(databases) } catch {
      for database in databases { try? database.drop() }
      throw error
    }
    for database in databases { try database.drop() }
  }

  @discardableResult
  private func migrate(
    _ source: LedgerSource,
    _ target: some LedgerTarget,
    rowsPerBatch: Int = 64
  ) async throws -> LedgerMigration.Result {
    let result: LedgerMigration.Result
    do { result = try await LedgerMigration(from: source, to: target, rowsPerBatch: rowsPerBatch).run { _ in } } catch {
      try target.close()
      throw error
    }
    try target.close()
    return result
  }

  @Test func aLedgerIsUnchangedAfterItWasCopiedThroughTwoDatabases() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases(2) { databases in
        let tokens = try TokenStore(besideLedgerAt: fixture.source, clock: ManualClock().read)
        _ = try await tokens.create(name: "deploy", role: .admin, lifetime: .seconds(60))
        let source = try LedgerSource(ofFileAt: fixture.source)
        let first = try await migrate(source, try PostgreSQLTarget(at: databases[0].owner))
        let second = try await migrate(
          try LedgerSource(at: databases[0].service),
          try PostgreSQLTarget(at: databases[1].owner),
          rowsPerBatch: 5000
        )
        let third = try await migrate(
          try LedgerSource(at: databases[1].owner),
          try SQLiteTarget(path: fixture.target)
        )

        #expect([first, second, third].allSatisfy { $0.hasTokens && $0.size == first.size && $0.root == first.root })
        try await fixture.expectEqual()
        let select = "SELECT hex(secret_hash), * FROM token"
        #expect(try sqlite3(fixture.source + ".tokens", select) == sqlite3(fixture.target + ".tokens", select))
        for database in databases { try await expectLedger(database) }
      }
    }
  }

  /// Checks that a database has all triggers, and that its log is intact.
  private func expectLedger(_ database: PostgreSQLTestDatabase) async throws {
    let connection = try database.connect()
    #expect(try connection.integer("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'") == 0)
    #expect(throws: SQLError.self) { try connection.execute("UPDATE entry SET salt = NULL") }
    let history = try PostgreSQLLedger.history(at: database.service)
    let key = try VerifierKey(try #require(try await history.checkpoint()).key)
    let report = try await LedgerVerification(of: history, keys: [key], against: []).run { _ in }
    #expect(report.isClean, "\(report.findings) \(report.log.findings)")
    #expect(report.changes > 0 && report.purgedEntries > 0 && report.erased > 0)
  }

  @Test func everyStoredColumnOfTheSchemaIsCopied() async throws {
    try await withDatabases { databases in
      try PostgreSQLLedger(at: databases[0].owner, acceptsNoStandby: true).close()
      let found = try databases[0].connect().rows(
        """
        SELECT table_name::text || ' ' || column_name::text FROM information_schema.columns
        JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
          AND table_name NOT IN ('schema_version', 'service_process', 'reason_index', 'reason_trigram')
        """
      ) { try $0.text(0) }
      let tables = LedgerTable.first + LedgerTable.last + [.tokens]
      #expect(Set(found) == Set(tables.flatMap { table in table.columns.map { "\(table.name) \($0)" } }))
    }
  }

  @Test func anInterruptedCopyCannotBeUsedButCanBeContinued() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases { databases in
        var runs = 0
        while true {
          let left = Mutex(3)
          let target = WatchedTarget(target: try PostgreSQLTarget(at: databases[0].owner)) { _ in
            try left.withLock { left in
              left -= 1
              if left == 0 { throw Interruption() }
            }
          }
          do {
            try await migrate(try LedgerSource(ofFileAt: fixture.source), target, rowsPerBatch: 40)
            break
          } catch is Interruption {
            runs += 1
            try #require(runs < 100)
            expectRefusal(of: databases[0])
          }
        }

        #expect(runs > 10)
        try await migrate(try LedgerSource(at: databases[0].owner), try SQLiteTarget(path: fixture.target))
        try await fixture.expectEqual()
      }
    }
  }

  /// Checks that a server and the commands refuse an unfinished copy, for each role.
  private func expectRefusal(of database: PostgreSQLTestDatabase) {
    for address in [database.owner, database.service] {
      let openings: [() throws -> Void] = [
        { try PostgreSQLLedger(at: address, acceptsNoStandby: true).close() },
        { _ = try PostgreSQLLedger.history(at: address) },
        { _ = try PostgreSQLLedger.tokens(at: address) },
        { _ = try LedgerSource(at: address) },
      ]
      for open in openings {
        let error = #expect(throws: StorageError.self) { try open() }
        #expect(error?.description == StorageError.unfinishedCopy(path: address.description).description)
      }
    }
  }

  @Test func aCopyWithAWrongValueIsNotCompleted() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases { databases in
        let target = WatchedTarget(target: try PostgreSQLTarget(at: databases[0].owner)) { _ in
          let connection = try databases[0].connect()
          try connection.execute("UPDATE change SET error_code = 'x' WHERE id = (SELECT max(id) FROM change)")
        }
        let error = await #expect(throws: MigrationError.self) {
          try await migrate(try LedgerSource(ofFileAt: fixture.source), target)
        }
        let expected = MigrationError.tableDiffers(table: "change", target: databases[0].owner.description)
        #expect(error?.description == expected.description)
        expectRefusal(of: databases[0])
      }
    }
  }

  /// If two processes create the tables at the same time, only one of the processes copies the ledger.
  @Test func onlyOneProcessCopiesIntoADatabase() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases { databases in
        let owner = databases[0].owner
        let targets = try await withThrowingTaskGroup(of: PostgreSQLTarget.self) { group in
          for _ in 0..<4 { group.addTask { try PostgreSQLTarget(at: owner) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        _ = try await targets[0].begun()

        let error = await #expect(throws: MigrationError.self) {
          try await migrate(try LedgerSource(ofFileAt: fixture.source), targets[1])
        }

        #expect(error?.description == MigrationError.targetInUse(target: owner.description).description)
        try await migrate(try LedgerSource(ofFileAt: fixture.source), targets[0])
        try await expectLedger(databases[0])
      }
    }
  }

  @Test func aTextWithAZeroIsRefused() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases { databases in
        try editByHand(fixture.source, "UPDATE seen_connector SET display_name = 'a' || char(0)")
        let error = await #expect(throws: MigrationError.self) {
          try await migrate(
            try LedgerSource(ofFileAt: fixture.source),
            try PostgreSQLTarget(at: databases[0].owner)
          )
        }
        let expected = MigrationError.textWithZero(table: "seen_connector", column: "display_name")
        #expect(error?.description == expected.description)
      }
    }
  }

  @Test func onlyTheOwnerOfTheTablesCanCopyIntoThem() async throws {
    try await MigrationFixture.with { fixture in
      try await withDatabases { databases in
        try PostgreSQLLedger(at: databases[0].owner, acceptsNoStandby: true).close()
        let error = await #expect(throws: StorageError.self) {
          try await migrate(
            try LedgerSource(ofFileAt: fixture.source),
            try PostgreSQLTarget(at: databases[0].service)
          )
        }
        let message = error?.description ?? ""
        #expect(message.hasSuffix("Name a role that owns the tables."), "\(message)")
        // The role that owns the tables can still copy the ledger.
        try await migrate(try LedgerSource(ofFileAt: fixture.source), try PostgreSQLTarget(at: databases[0].owner))
        try await expectLedger(databases[0])
      }
    }
  }
}
#endif
