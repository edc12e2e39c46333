import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the ledgers that Reflog refuses to copy, and of the copies that Reflog refuses to use.
struct LedgerMigrationRefusalTests {
  private struct Interruption: Error {}

  private func expectRefusal(
    _ expected: MigrationError,
    _ fixture: MigrationFixture,
    sourceLocation: SourceLocation = #_sourceLocation,
    afterWrite: @escaping @Sendable (SQLiteTarget) throws -> Void = { _ in }
  ) async throws {
    let error = await #expect(throws: MigrationError.self, sourceLocation: sourceLocation) {
      try await fixture.migrate(afterWrite: afterWrite)
    }
    #expect(error?.description == expected.description, sourceLocation: sourceLocation)
  }

  @Test func aLedgerIsNotCopiedIntoAnotherLedger() async throws {
    try await MigrationFixture.with { fixture in
      try await fixture.migrate()
      // After this edit, the target is a ledger whose newest entry has another time than the newest entry of the
      // source.
      try editByHand(fixture.target, "UPDATE head SET newest_time = newest_time + 1")
      let before = try MigrationFixture.contents(fixture.target)

      try await expectRefusal(.targetNotEmpty(target: fixture.target), fixture)

      #expect(try MigrationFixture.contents(fixture.target) == before)
    }
  }

  @Test func aCompleteCopyIsComparedAgain() async throws {
    try await MigrationFixture.with { fixture in
      try await fixture.migrate()
      try await fixture.migrate { _ in Issue.record("the copy was written") }
      try await fixture.expectEqual()
      try editByHand(fixture.target, "UPDATE entry SET salt = zeroblob(16) WHERE salt IS NOT NULL")

      try await expectRefusal(.tableDiffers(table: "entry", target: fixture.target), fixture)
    }
  }

  @Test func aCopyOfAnotherLedgerIsNotContinued() async throws {
    try await MigrationFixture.with { fixture in
      _ = await #expect(throws: Interruption.self) { try await fixture.migrate { _ in throw Interruption() } }
      try sqlite3(fixture.target, "UPDATE migration SET origin = 'another.example/log'").expectEmpty()

      try await expectRefusal(.copyOfAnother(target: fixture.target, origin: "another.example/log"), fixture)
    }
  }

  @Test func aCopyOfAnEarlierStateIsNotContinued() async throws {
    try await MigrationFixture.with { fixture in
      _ = await #expect(throws: Interruption.self) { try await fixture.migrate { _ in throw Interruption() } }
      try sqlite3(fixture.target, "UPDATE migration SET size = size - 1").expectEmpty()

      try await expectRefusal(.sourceChanged(source: fixture.source, target: fixture.target), fixture)
    }
  }

  @Test func aLedgerIsNotCopiedWhileAServerUsesIt() async throws {
    try await MigrationFixture.with { fixture in
      let storage = try Storage(path: fixture.source, kind: .ledger)
      let error = #expect(throws: StorageError.self) { try LedgerSource(ofFileAt: fixture.source) }
      #expect(error?.description == StorageError.inUse(path: fixture.source).description)
      try storage.close()

      // No server can start during the copy.
      let source = fixture.source
      try await fixture.migrate { _ in
        let error = #expect(throws: StorageError.self) { try Storage(path: source, kind: .ledger) }
        #expect(error?.description == StorageError.inUse(path: source).description)
      }
      try await fixture.expectEqual()
    }
  }

  @Test(arguments: [
    ("change", "UPDATE change SET error_code = 'x' WHERE id = (SELECT max(id) FROM change)"),
    ("entry", "DELETE FROM entry WHERE sequence = 5"),
    ("seen_connector", "UPDATE seen_connector SET display_name = CAST(display_name AS TEXT) || char(0)"),
    ("idempotency", "UPDATE idempotency SET recorded = recorded + 1"),
    ("hold", "UPDATE hold SET flow = NULL"),
  ])
  func aCopyWithAWrongValueIsNotCompleted(table: String, edit: String) async throws {
    try await MigrationFixture.with { fixture in
      // When the table `unread_part` has rows, all tables except `head` are complete. So the edit is made at this
      // moment.
      try await expectRefusal(.tableDiffers(table: table, target: fixture.target), fixture) { target in
        try target.edit("SELECT count(*) FROM unread_part", edit)
      }
      #expect(throws: StorageError.self) { try Storage(path: fixture.target, kind: .ledger) }
    }
  }

  @Test func aCopyWithAWrongRootIsNotCompleted() async throws {
    try await MigrationFixture.with { fixture in
      try editByHand(fixture.source, "UPDATE entry SET hash = zeroblob(32) WHERE sequence = 5")

      try await expectRefusal(.rootDiffers(source: fixture.source, target: fixture.target), fixture)
    }
  }

  @Test func aRequestIDHasTheSameValueInEveryDatabase() throws {
    let table = try #require(LedgerTable.first.first { $0.name == "time_rollback" })
    let guid = "00010203-0405-0607-0809-0a0b0c0d0e0f"

    let rows = try table.rows(after: nil, TextConnection(first: guid, width: table.columns.count))

    #expect(rows.values == [.guid(Array(0..<16))] + repeatElement(.null, count: table.columns.count - 1))
    #expect(rows.lastKey == [.guid(Array(0..<16))])
  }

  static let errors: [(MigrationError, String)] = [
    (
      .targetNotEmpty(target: "b.sqlite"),
      "b.sqlite already contains a ledger, so nothing was copied. Name a new file or an empty database."
    ),
    (
      .copyOfAnother(target: "b.sqlite", origin: "reflog/tenant/1"),
      """
      b.sqlite is an unfinished copy of another ledger, with the log reflog/tenant/1. Name another target, or delete \
      b.sqlite.
      """
    ),
    (
      .sourceChanged(source: "a.sqlite", target: "b.sqlite"),
      """
      a.sqlite changed while it was copied. Stop the server that uses it, delete b.sqlite, and run reflog migrate-ledger \
      again.
      """
    ),
    (
      .targetInUse(target: "postgresql://db/reflog"),
      """
      Another run of reflog migrate-ledger is copying into postgresql://db/reflog, so nothing was copied. Wait until \
      that run ends, or stop it. Then run reflog migrate-ledger again.
      """
    ),
    (
      .tableDiffers(table: "hold", target: "b.sqlite"),
      """
      The table hold of b.sqlite differs from the original, so the copy can't be used. Delete b.sqlite, and run reflog \
      migrate-ledger again.
      """
    ),
    (
      .rootDiffers(source: "a.sqlite", target: "b.sqlite"),
      """
      The entries in b.sqlite do not match the signed checkpoint, so the copy can't be used. Run reflog verify on \
      a.sqlite.
      """
    ),
    (
      .textWithZero(table: "change_personal", column: "reason"),
      """
      A text in the column reason of the table change_personal contains the character U+0000, which PostgreSQL can't \
      store. So this ledger can't be copied to PostgreSQL. Continue to use it in SQLite.
      """
    ),
  ]

  @Test(arguments: errors.indices)
  func everyMessageContainsTheProblemAndTheNextAction(index: Int) {
    let (error, text) = Self.errors[index]
    #expect(error.description == text)
  }
}

extension SQLiteTarget {
  /// Runs an edit if a query returns a number that is not 0.
  fileprivate func edit(_ condition: String, _ edit: String) throws {
    try write { db in if try db.bool(condition) { try db.execute(edit) } }
  }
}

extension String {
  fileprivate func expectEmpty() { #expect(isEmpty, "\(self)") }
}

/// A connection to a database that stores GUIDs as text. Every read returns one row with a text in its first column.
private final class TextConnection: LedgerConnection {
  private let first: String
  private let width: Int

  init(first: String, width: Int) {
    (self.first, self.width) = (first, width)
  }

  var dialect: any Dialect { SQLiteDialect() }
  var changedRowCount: Int { 0 }

  func execute(_ sql: String, _ arguments: SQLArguments, kept: Bool) throws {}

  func read(_ sql: String, _ arguments: SQLArguments, kept: Bool, _ body: (Row) throws -> Bool) throws {
    let cells = Row.Cells(names: (0..<width).map { "column\($0)" })
    try Array(first.utf8CString).withUnsafeBytes { bytes in
      cells[0] = .text(UnsafeRawBufferPointer(rebasing: bytes.dropLast()))
      _ = try withExtendedLifetime(cells) { try body(Row(cells)) }
    }
  }
}
