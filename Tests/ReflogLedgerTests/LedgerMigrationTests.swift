import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogLedger

/// Tests of the copy of a whole ledger to another database.
struct LedgerMigrationTests {
  /// An error that ends a copy.
  private struct Interruption: Error {}

  /// The tables that the migrator and SQLite maintain in each file.
  private static let ownTables: Set = ["grdb_migrations", "sqlite_sequence"]

  @Test func everyTableAndColumnOfTheSchemaIsCopied() async throws {
    try await withFullLedger { _, storage in
      let tables = LedgerTable.first + LedgerTable.last
      _ = try TokenStore(besideLedgerAt: storage.path) { Timestamp(microseconds: 0) }

      #expect(tables.count == Set(tables.map(\.name)).count)
      #expect(try Self.columns(storage.path) == Self.columns(of: tables))
      #expect(try Self.columns(storage.path + ".tokens") == Self.columns(of: [.tokens]))
    }
  }

  /// Returns the stored columns of each table in a file. The columns of a table's primary key end with a star.
  private static func columns(_ path: String) throws -> [String: Set<String>] {
    // The value of `c.hidden` is not 0 for a generated column.
    let rows = try sqlite3(
      path,
      """
      SELECT t.name || ' ' || c.name || iif(c.pk > 0, '*', '')
      FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c
      WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> 'sqlite_schema' AND c.hidden = 0
      """
    )
    .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return Dictionary(grouping: rows) { $0[0] }.mapValues { Set($0.map { $0[1] }) }.filter {
      !ownTables.contains($0.key)
    }
  }

  private static func columns(of tables: [LedgerTable]) -> [String: Set<String>] {
    Dictionary(
      tables.map { table in
        (table.name, Set(table.columns.map { $0 + (table.key.contains($0) ? "*" : "") }))
      }
    ) { first, _ in first }
  }

  @Test func aCopyHasTheSameValuesInEveryTable() async throws {
    try await MigrationFixture.with { fixture in
      let before = try Data(contentsOf: URL(filePath: fixture.source))
      for table in LedgerTable.first + LedgerTable.last {
        #expect(try sqlite3(fixture.source, "SELECT count(*) FROM \(table.name)") != "0", "\(table.name) is empty")
      }

      let result = try await fixture.migrate()

      #expect(try Data(contentsOf: URL(filePath: fixture.source)) == before, "the source was written")
      #expect(String(result.size) == (try sqlite3(fixture.source, "SELECT next_sequence FROM head")))
      #expect(!result.hasTokens)
      try await fixture.expectEqual()
    }
  }

  @Test func aCopiedLedgerRecordsFurtherChanges() async throws {
    try await MigrationFixture.with { fixture in
      try await fixture.migrate()
      let next = try sqlite3(fixture.source, "SELECT next_change || ' ' || next_event FROM head")
      let thread = WriterThread()
      let folder = String(fixture.target.dropLast("/reflog.sqlite".count))
      // The new changes are later than the changes of the source, because the source uses an earlier clock.
      let (ledger, storage) = try await openLedger(in: folder, thread: thread)

      try await running(thread, storage) {
        let change = try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        _ = try await ledger.place("CASE-2", on: .everything, because: "x", by: Sample.operatorActor)
        let newest = try sqlite3(storage.path, "SELECT max(id) FROM service_event")
        #expect("\(change.id) \(newest)" == next)
        // The id of an earlier hold is not used again.
        #expect(try sqlite3(storage.path, "SELECT max(id) FROM hold") == newest)
      }

      #expect(try sqlite3(fixture.target, "UPDATE entry SET salt = NULL").contains("append-only"))
    }
  }

  @Test func aCopyOfACopyIsEqualToTheOriginal() async throws {
    try await MigrationFixture.with { fixture in
      try await fixture.migrate()

      let second = MigrationFixture(source: fixture.target, target: fixture.target + "-2")
      try await second.migrate(rowsPerBatch: 5000)

      try await MigrationFixture(source: fixture.source, target: second.target).expectEqual()
    }
  }

  @Test func anInterruptedCopyCannotBeUsedButCanBeContinued() async throws {
    try await MigrationFixture.with { fixture in
      // Each run is interrupted after three transactions, so each run copies a few batches only.
      var runs = 0
      while true {
        let left = Mutex(3)
        do {
          try await fixture.migrate(rowsPerBatch: 40) { _ in
            try left.withLock { left in
              left -= 1
              if left == 0 { throw Interruption() }
            }
          }
          break
        } catch is Interruption {
          runs += 1
          try #require(runs < 100)
          try expectRefusal(of: fixture.target)
        }
      }

      #expect(runs > 10)
      try await fixture.expectEqual()
    }
  }

  /// Checks that a server and a command refuse an unfinished copy.
  private func expectRefusal(of path: String) throws {
    let openings: [() throws -> Void] = [
      { _ = try Storage(path: path, kind: .ledger) },
      { _ = try UnopenedLedger(at: path) },
      { _ = try UnopenedLedger(at: path, for: .checkingStart) },
      { _ = try LedgerSource(ofFileAt: path) },
    ]
    for open in openings {
      let error = #expect(throws: StorageError.self) { try open() }
      #expect(error?.description == StorageError.unfinishedCopy(path: path).description)
    }
  }

  @Test func tokensAreCopied() async throws {
    try await MigrationFixture.with { fixture in
      let clock = ManualClock()
      let tokens = try TokenStore(besideLedgerAt: fixture.source, clock: clock.read)
      let text = try await tokens.create(name: "deploy", role: .admin, lifetime: .seconds(60)).text

      #expect(try await fixture.migrate().hasTokens)

      let copied = try TokenStore(besideLedgerAt: fixture.target, creating: false, clock: clock.read)
      #expect(try await copied.tokens().map(\.name) == ["deploy"])
      let select = "SELECT hex(secret_hash), * FROM token"
      #expect(try sqlite3(fixture.source + ".tokens", select) == sqlite3(fixture.target + ".tokens", select))
      #expect(!text.isEmpty)
      try await fixture.expectEqual()
    }
  }
}
