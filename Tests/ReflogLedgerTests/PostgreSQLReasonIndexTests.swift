#if PostgreSQL
import Foundation
import ReflogModel
import ReflogPostgreSQL
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of searches with the index of reasons in PostgreSQL.
@Suite(.enabled(if: PostgreSQLTestDatabase.server != nil, "REFLOG_TEST_POSTGRESQL is not set"))
struct PostgreSQLReasonIndexTests {
  /// The lengths of the segments, so that a short history has several segments.
  private static let lengths = TrigramSegments.Lengths(short: 8, long: 32)
  private static let year = Duration.seconds(400 * 86_400)
  private static let secret = "\u{2D00}\u{2D01}\u{2D02}\u{2D03}"

  /// Calls `body` with a new ledger that has an index of reasons.
  private func withIndexedLedger(
    clock: ManualClock = ManualClock(),
    _ body: (Ledger, PostgreSQLTestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { database in
      let database = try #require(database as? PostgreSQLTestDatabase)
      try await Self.serving(database, clock: clock) { try await body($0, database) }
    }
  }

  /// Starts the ledger in a database as a server does, and stops the ledger after `body`.
  private static func serving(
    _ database: PostgreSQLTestDatabase,
    clock: ManualClock = ManualClock(),
    _ body: (Ledger) async throws -> Void
  ) async throws {
    try await database.withStore { store in
      let store = try #require(store as? PostgreSQLLedger)
      let thread = WriterThread()
      let ledger = try Ledger(
        store: store,
        reasonIndex: store.reasonIndex(lengths),
        thread: thread,
        directory: .embedded,
        tenantID: "tenant",
        clock: clock.read
      )
      ledger.signers.add(try await Sample.signingKey(of: ledger))
      try await running(thread) { try await body(ledger) }
    }
  }

  /// Returns the number of rows and the number of bytes of both tables of the index.
  private func size(_ database: PostgreSQLTestDatabase) throws -> String {
    try database.query(
      """
      SELECT (SELECT count(*) FROM reason_index) + (SELECT count(*) FROM reason_trigram),
        pg_relation_size('reason_index') + pg_relation_size('reason_trigram')
      """
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Returns the number of rows.
  private func number(_ rows: String, _ database: PostgreSQLTestDatabase) throws -> Int? {
    Int(try database.query("SELECT count(*) \(rows)").trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Returns the first ids of the segments.
  private func segments(_ database: PostgreSQLTestDatabase) throws -> [Int64] {
    try database.query("SELECT DISTINCT segment FROM reason_trigram ORDER BY segment").split(separator: "\n")
      .compactMap { Int64($0) }
  }

  /// Returns whether a file of the database contains the bytes of a trigram of ``secret``.
  private func hasSecret(_ database: PostgreSQLTestDatabase) throws -> Bool {
    // The checkpoint writes all pages to the files.
    let path = try database.query(
      "CHECKPOINT; SELECT current_setting('data_directory') || '/' || pg_relation_filepath('reason_trigram')"
    )
    let file = URL(filePath: path.trimmingCharacters(in: .whitespacesAndNewlines))
    let folder = file.deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(files.count > 10)
    let trigrams = SearchText(Self.secret).trigrams.map { withUnsafeBytes(of: $0.littleEndian) { Data($0) } }
    return try files.contains { file in
      // PostgreSQL can delete the file of a temporary table after the folder was listed.
      guard FileManager.default.fileExists(atPath: file.path) else { return false }
      let bytes = try Data(contentsOf: file)
      return trigrams.contains { bytes.range(of: $0) != nil }
    }
  }

  private func part(
    _ text: String,
    of ids: ClosedRange<Int64>,
    ascending: Bool = false,
    limit: Int = 1000,
    _ ledger: Ledger
  ) async throws -> ReasonIndex.Part? {
    let index = try #require(ledger.reasonIndex)
    return await index.next(of: ids, isAscending: ascending, containing: SearchText(text), limit: limit)
  }

  @Test func theIndexDoesNotChangeTheResultsOfASearch() async throws {
    var random = SeededGenerator(seed: 20)
    let reasons = (0..<400).map { number in
      // PostgreSQL stores no U+0000.
      number % 9 == 0
        ? nil
        : ReasonIndexTests.text(Int.random(in: 0...30, using: &random), &random).replacing("\u{0}", with: "\u{1}")
    }
    var filters = ["ab", "aBc", "i\u{307}", "\"\"\"", "a%b"].flatMap(reasonFilters)
    for _ in 0..<6 {
      let reason = reasons.compactMap(\.self).randomElement(using: &random) ?? ""
      filters += reasonFilters(
        ReasonIndexTests.part(of: reason, Int.random(in: 1...14, using: &random), &random)
      )
    }
    try await withIndexedLedger { ledger, _ in
      try await record(Array(reasons.prefix(300)), in: ledger)
      try await buildIndex(of: ledger)
      // The newest changes are not in the index.
      try await record(Array(reasons.suffix(100)), in: ledger, from: 300)
      try await compare(filters, ledger)
    }
  }

  @Test func aSearchReadsTheSegmentsInTheOrderOfTheQuery() async throws {
    try await withIndexedLedger { ledger, database in
      let reasons = (0..<205).map { $0 % 10 == 3 ? "Ticket \($0)" : "other \($0)" }
      try await record(Array(reasons.prefix(20)), in: ledger)
      #expect(try await part("ticket", of: 1...20, ledger)?.ids == nil)
      try await buildIndex(of: ledger)
      #expect(try segments(database) == [1, 9])
      try await record(Array(reasons.dropFirst(20)), in: ledger, from: 20)
      try await buildIndex(of: ledger)
      // The last segment is short, and the long segments have replaced the other short segments.
      #expect(try segments(database) == [1, 33, 65, 97, 129, 161, 193])

      let all = Array(stride(from: Int64(4), through: 194, by: 10))
      let newest = try await part("TICKET", of: 1...205, ledger)
      #expect(newest?.ids == 201...205 && newest?.candidates == nil)
      let found = try await part("TICKET", of: 1...200, ledger)
      #expect(found?.ids == 1...200 && found?.candidates == all.reversed())
      let ascending = try await part("icke", of: 5...205, ascending: true, ledger)
      #expect(ascending?.ids == 5...200 && ascending?.candidates == Array(all.dropFirst()))
      let descending = try await part("ticket", of: 40...150, limit: 3, ledger)
      #expect(descending?.ids == 124...150 && descending?.candidates == [144, 134, 124])
      let limited = try await part("ticket", of: 40...150, ascending: true, limit: 3, ledger)
      #expect(limited?.ids == 40...64 && limited?.candidates == [44, 54, 64])
      #expect(try await part("ticker", of: 1...200, ledger)?.candidates == [])
      #expect(try await part("ticket 153", of: 1...200, ledger)?.candidates == [154])
      #expect(try await part("ti", of: 1...200, ledger)?.ids == nil)
    }
  }

  @Test func aTextInEachReasonIsFoundWithAndWithoutTheIndex() async throws {
    try await withIndexedLedger { ledger, _ in
      try await record((0..<2500).map { $0 % 500 == 7 ? "CHG rare" : "CHG" }, in: ledger)
      try await buildIndex(of: ledger)
      try await record(["CHG rare", "CHG"], in: ledger, from: 2500)
      let filters = [
        "contains(reason,'CHG')", "contains(reason,'CHG rare')",
        "contains(reason,'CHG') and contains(initiatedBy/ipAddress,'10.0.0.29')",
        "contains(reason,'rare') or flowId eq 'flow2'",
      ]
      try await compare(try filters.map(ChangeFilter.parse), ledger, [26, 5000])
    }
  }

  @Test func aCommandThatReadsTheDatabaseUsesTheIndex() async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<64).map { "CHG\($0)" }, in: ledger)
      try await buildIndex(of: ledger)

      let history = try PostgreSQLLedger.history(at: database.service)

      let index = try #require(history.reasonIndex)
      let text = SearchText("chg4")
      let part = await index.next(of: 1...64, isAscending: true, containing: text, limit: 1000)
      #expect(part?.candidates == [5] + Array(41...50))
      try database.edit("UPDATE reason_index SET letters = letters + 1")
      let other = try #require(try PostgreSQLLedger.history(at: database.service).reasonIndex)
      #expect(await other.next(of: 1...64, isAscending: true, containing: text, limit: 1000)?.ids == nil)
    }
  }

  private static let damages = [
    "UPDATE reason_trigram SET changes = '\\xff'", "UPDATE reason_trigram SET changes = '\\x00'",
    "UPDATE reason_trigram SET changes = '\\xffffff7f'", "UPDATE reason_trigram SET changes = '\\x2001'",
  ]

  @Test(arguments: damages) func aDamagedIndexIsBuiltAgain(damage: String) async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<70).map { "CHG\($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      try database.edit(damage)

      let filters = ["CHG1", "CHG29", "nothing"].flatMap(reasonFilters)
      try await compare(filters, ledger)

      #expect(ledger.isReasonIndexDamaged)
      try await buildIndex(of: ledger)
      #expect(!ledger.isReasonIndexDamaged)
      #expect(try await part("chg29", of: 1...64, ledger)?.candidates == [30])
      try await compare(filters, ledger)
    }
  }

  @Test(arguments: ["letters = letters + 1", "through = 96"])
  func anIndexThatDoesNotBelongToTheLedgerIsBuiltAgain(change: String) async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<70).map { "CHG\($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      try database.edit("UPDATE reason_trigram SET segment = segment + 1; UPDATE reason_index SET \(change)")

      try await buildIndex(of: ledger)

      #expect(try await part("chg29", of: 1...64, ledger)?.candidates == [30])
    }
  }

  @Test func anErasureEmptiesTheIndexBeforeItErases() async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<70).map { $0 % 7 == 3 ? "\(Self.secret) \($0)" : "other \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      #expect(try size(database) != "0|0")
      #expect(try hasSecret(database))
      _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
      let erasures = try await ledger.unfinishedDeletions()?.erasures ?? []
      var position = Ledger.ErasurePosition()

      _ = try await ledger.continueErasure(erasures[0], from: &position)

      #expect(try size(database) == "0|0")
      #expect(try !hasSecret(database))
      #expect(try number("FROM change_personal WHERE reason LIKE '\(Self.secret)%'", database) == 10)
      #expect(try await ledger.indexReasons() == .paused)
      #expect(try size(database) == "0|0")
      while try await ledger.continueErasure(erasures[0], from: &position) == .more {}
      try await ledger.finish(purge: nil, erasures: erasures)
      try await buildIndex(of: ledger)
      #expect(try await part(Self.secret, of: 1...64, ledger)?.candidates == [])
      #expect(try !hasSecret(database))
      #expect(try await part("other 61", of: 1...64, ledger)?.candidates == [62])
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
    }
  }

  @Test func aPurgeEmptiesTheIndexAndTheRestIsIndexedAgain() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withIndexedLedger(clock: clock) { ledger, database in
      try await record((0..<70).map { "secret \($0)" }, in: ledger)
      clock.advance(by: Self.year)
      try await record((0..<70).map { "other \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      try await ledger.set(RetentionPolicy(days: 1), overriding: true, by: Sample.operatorActor)
      _ = try await ledger.askPurge(before: ledger.now.before(.seconds(86_400)), by: Sample.operatorActor)

      while try await ledger.continuePurge() == .more {}

      #expect(try size(database) == "0|0")
      try await ledger.finish(purge: ledger.unfinishedDeletions()?.purge, erasures: [])
      try await buildIndex(of: ledger)
      // No change of the first two segments is left.
      let found = try await part("other 5", of: 1...128, ledger)
      #expect(found?.ids == 1...128 && found?.candidates == Array((121...128).reversed()) + [76])
      try await compare(reasonFilters("other 1") + reasonFilters("secret"), ledger)
    }
  }

  @Test func theNextProcessEmptiesTheIndexForAnUnfinishedErasure() async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<40).map { "secret \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
      let store = try #require(ledger.store as? PostgreSQLLedger)
      let index = store.reasonIndex(Self.lengths)

      #expect(try await index.add(from: ledger.questions.reader) == .paused)

      #expect(try size(database) == "0|0")
    }
  }

  /// A program such as pg_dump locks all tables for reading.
  @Test func anErasureWaitsForAnotherProgramThatReadsTheIndex() async throws {
    try await withIndexedLedger { ledger, database in
      try await record((0..<40).map { "secret \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
      var position = Ledger.ErasurePosition()
      let other = try database.connect()
      try other.execute("BEGIN")
      try other.execute("LOCK TABLE reason_trigram IN ACCESS SHARE MODE")

      let error = await #expect(throws: LedgerError.self) {
        _ = try await ledger.continueErasure(1, from: &position)
      }

      let message = "can't be emptied, because another program reads its tables, for example pg_dump"
      #expect(String(describing: error).contains(message))
      #expect(try number("FROM service_event WHERE kind = 'erased'", database) == 0)
      try other.execute("COMMIT")
      while try await ledger.continueErasure(1, from: &position) == .more {}
      #expect(try size(database) == "0|0")
    }
  }
}
#endif
