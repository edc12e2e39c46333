import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// The files of a migration between two SQLite files.
struct MigrationFixture {
  let source: String
  let target: String

  /// Calls `body` with a stopped ledger that has a row in every table, and the path of a file that does not exist.
  static func with(_ body: (MigrationFixture) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      for name in ["source", "target"] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
      }
      let fixture = MigrationFixture(source: folder + "/source/reflog.sqlite", target: folder + "/target/reflog.sqlite")
      try await withFullLedger { ledger, _ in
        try await addRows(ledger)
        let copy = try await ledger.copy()
        var bytes: [UInt8] = []
        while let piece = try copy.next() { bytes += piece }
        try Data(bytes).write(to: URL(filePath: fixture.source))
      }
      let edit = """
        INSERT INTO idempotency (key_hash, body_hash, change, recorded) VALUES (zeroblob(32), zeroblob(32), 1, 1);
        INSERT INTO time_rollback (batch_id, as_of, flow, asked, newest_change)
        VALUES (X'000102030405060708090A0B0C0D0E0F', 1, 1, 2, 3)
        """
      #expect(try sqlite3(fixture.source, edit).isEmpty)
      try await body(fixture)
    }
  }

  /// Adds rows to the tables that are empty in the full ledger. Also adds a change whose ids are GUIDs.
  private static func addRows(_ ledger: Ledger) async throws {
    let guid = "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"
    let intent = Change.Intent(
      subject: .step(Sample.attributes),
      kind: .update,
      before: .none,
      after: Sample.fraudCheck,
      actor: Sample.operatorActor,
      correlationID: guid,
      requestID: guid,
      batchID: guid
    )
    try await ledger.record(intent, .found)
    let fraudCheck = try #require(Sample.fraudCheck.connectorID)
    let seen = DirectoryConnector(id: fraudCheck, displayName: "Fraud check", targetURL: "https://a.example/")
    try await ledger.remember([.connector(seen, entry: 3)])
  }

  /// Copies the ledger, and calls `afterWrite` with the target after each transaction.
  @discardableResult
  func migrate(
    rowsPerBatch: Int = 64,
    afterWrite: @escaping @Sendable (SQLiteTarget) throws -> Void = { _ in }
  ) async throws -> LedgerMigration.Result {
    let target = WatchedTarget(target: try SQLiteTarget(path: target), afterWrite: afterWrite)
    let result: LedgerMigration.Result
    do {
      let source = try LedgerSource(ofFileAt: source)
      result = try await LedgerMigration(from: source, to: target, rowsPerBatch: rowsPerBatch).run { _ in }
    } catch {
      try target.close()
      throw error
    }
    try target.close()
    return result
  }

  /// Returns all values of all rows of a ledger, with their types, and the SQL of the schema.
  static func contents(_ path: String) throws -> [String: String] {
    let tables = (LedgerTable.first + LedgerTable.last).map(\.name)
    var contents = ["schema": try sqlite3(path, "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2")]
    for table in tables {
      contents[table] = try sqlite3(path, script: [".mode quote\n.binary off\nSELECT * FROM \(table) ORDER BY 1, 2"])
    }
    return contents
  }

  /// Checks that the target has the same contents as the source, and that the log of the target is intact.
  func expectEqual(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let (expected, found) = (try Self.contents(source), try Self.contents(target))
    for (table, rows) in expected { #expect(found[table] == rows, "\(table)", sourceLocation: sourceLocation) }
    let history = try History(readingFileAt: target)
    let key = try VerifierKey(try #require(try await history.checkpoint()).key)
    let report = try await LedgerVerification(of: history, keys: [key], against: []).run { _ in }
    #expect(report.isClean, "\(report.findings) \(report.log.findings)", sourceLocation: sourceLocation)
    #expect(report.changes > 0 && report.purgedEntries > 0 && report.erased > 0, sourceLocation: sourceLocation)
  }
}

/// A migration target that calls a closure after each transaction.
struct WatchedTarget<Target: LedgerTarget>: LedgerTarget {
  let target: Target
  let afterWrite: @Sendable (Target) throws -> Void

  var name: String { target.name }
  var reader: any LedgerReader { target.reader }

  func begun() async throws -> BegunCopy? { try await target.begun() }

  func begin(_ copy: BegunCopy) throws {
    try target.begin(copy)
    try afterWrite(target)
  }

  func write(_ rows: LedgerRows, to table: LedgerTable) throws {
    try target.write(rows, to: table)
    try afterWrite(target)
  }

  func writeTokens(_ body: @escaping @Sendable (any LedgerConnection) throws -> Void) async throws {
    try await target.writeTokens(body)
    try afterWrite(target)
  }

  func finish(_ body: @Sendable (any LedgerConnection) throws -> Void) throws { try target.finish(body) }

  func close() throws { try target.close() }
}
