import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of searches with the index of reasons.
struct ReasonIndexTests {
  /// Letters of several scripts, letters whose form in lower case has another length, signs with a meaning in SQL or in
  /// full-text search, and code points with which SQLite ends or changes a text.
  private static let letters = Array(
    "aAbBcCeEiIkK01é\u{C9}e\u{301}\u{DF}\u{1E9E}İı\u{212A}ΣσςŠš日本語😀👩‍👧%_\"'*^()-:\\ \n\t\u{0}\u{FFFD}\u{FFFE}\u{FEFF}"
      .unicodeScalars
  )

  static func text(_ length: Int, _ random: inout SeededGenerator) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<length { text.append(letters.randomElement(using: &random) ?? "a") }
    return String(text)
  }

  static func part(of text: String, _ length: Int, _ random: inout SeededGenerator) -> String {
    let scalars = Array(text.unicodeScalars)
    let start = Int.random(in: 0...max(0, scalars.count - length), using: &random)
    var part = String.UnicodeScalarView()
    part.append(contentsOf: scalars[start..<min(scalars.count, start + length)])
    return String(part)
  }

  @Test func theIndexDoesNotChangeTheResultsOfASearch() async throws {
    var random = SeededGenerator(seed: 19)
    let reasons = (0..<400).map { number in
      number % 9 == 0 ? nil : Self.text(Int.random(in: 0...30, using: &random), &random)
    }
    var filters = ["ab", "aBc", "İ", "i\u{307}", "", "\"\"\"", "a\u{0}b"].flatMap(reasonFilters)
    for _ in 0..<12 {
      let reason = reasons.compactMap(\.self).randomElement(using: &random) ?? ""
      filters += reasonFilters(Self.part(of: reason, Int.random(in: 1...14, using: &random), &random))
    }
    try await withIndexedLedger { ledger, _ in
      try await record(Array(reasons.prefix(300)), in: ledger)
      try await buildIndex(of: ledger)
      // The newest changes are not in the index.
      try await record(Array(reasons.suffix(100)), in: ledger, from: 300)
      try await compare(filters, ledger)
    }
  }

  @Test func aTextWithThreeLettersIsFoundByTheIndex() async throws {
    try await withIndexedLedger { ledger, _ in
      try await record((0..<40).map { "CHG\(1000 + $0)" }, in: ledger)
      let found: [(String, [Int64]?)] = [("g1013", [14]), ("G101", (11...20).reversed()), ("zzz", []), ("10", nil)]
      for (text, candidates) in found {
        let filter = try ChangeFilter.parse("contains(reason,'\(text)')")
        let plan = try await ledger.questions.read { db in try QueryPlan(ChangeQuery(filter: filter), db) }
        func part(_ history: History) async -> ReasonIndex.Part {
          await history.nextPart(of: 1...40, plan, size: 20, isAscending: false, turn: 1)
        }
        #expect(await part(ledger.questions).candidates == nil)

        try await buildIndex(of: ledger)

        let found = await part(ledger.questions)
        #expect(found.candidates == candidates)
        #expect(found.ids == (candidates == nil ? 21...40 : 1...40))
        #expect(await part(ledger.questions.withoutIndex).candidates == nil)
        try await (ledger.reasonIndex as? ReasonIndex)?.empty()
        try await buildIndex(of: ledger)
        #expect(await part(ledger.questions).ids == found.ids)
        try await (ledger.reasonIndex as? ReasonIndex)?.empty()
      }
    }
  }

  /// A text that occurs in more changes than one read of the index returns.
  @Test func aFrequentTextIsFoundWithAndWithoutTheIndex() async throws {
    try await withIndexedLedger { ledger, _ in
      try await record((0..<2500).map { $0 % 500 == 7 ? "CHG rare" : "CHG" }, in: ledger)
      try await buildIndex(of: ledger)
      try await record(["CHG rare", "CHG"], in: ledger, from: 2500)
      let filters = [
        "contains(reason,'CHG')", "contains(reason,'CHG') and contains(initiatedBy/ipAddress,'10.0.0.29')",
        "contains(reason,'CHG') and contains(flowId,'flow19')", "contains(reason,'rare') or flowId eq 'flow2'",
      ]
      try await compare(try filters.map(ChangeFilter.parse), ledger, [26, 5000])
    }
  }

  /// If lookups in an index answer another condition, a search compares only the changes that these lookups find.
  ///
  /// Each read compares a limited number of changes.
  @Test func aSearchForATextAmongLookedUpChangesEndsAfterALimitedNumberOfChanges() async throws {
    try await withIndexedLedger { ledger, _ in
      try await record((0..<200).map { $0 % 3 == 0 ? "CHG" : "other" }, in: ledger)
      let all = try await ledger.history.changes(limit: 1000)
      for text in [
        "contains(reason,'CHG') and flowId eq 'flow4'", "contains(reason,'CHG') and contains(flowId,'flow1')",
        "contains(initiatedBy/ipAddress,'10.0.0.1') and initiatedBy/user/id eq 'oid-4'",
        "contains(reason,'H') and (result eq 'pending' or flowId eq 'flow2')",
      ] {
        let filter = try ChangeFilter.parse(text)
        for isAscending in [false, true] {
          let found = try await ledger.questions.read { db in
            let search = try ChangeSearch(ChangeQuery(filter: filter, isAscending: isAscending), db)
            var (found, reads) = ([Int64](), 0)
            var rest: ClosedRange<Int64>? = 1...200
            while let ids = rest {
              let part = try search.changes(
                in: ids,
                scanning: false,
                limit: 1000,
                lookedUp: 4,
                ChangeRows(db, IdentityCache()),
                db
              )
              found += part.changes.map(\.id.number)
              rest = ids.without(part.ids, fromBelow: isAscending)
              reads += 1
            }
            return (ids: found, reads: reads)
          }
          let expected = all.filter(filter.matches).map(\.id.number)
          #expect(found.ids == (isAscending ? expected.reversed() : expected), "\(text)")
          #expect(found.reads > 2, "\(text)")
        }
      }
    }
  }

  private static let damages: [@Sendable (Data) -> Data] = [
    { $0.prefix($0.count / 2) }, { $0.prefix(100) }, { Data(count: $0.count) }, { _ in Data() },
    { _ in Data("no database".utf8) }, { Self.filling($0, 4096..<8192) },
    { Self.filling($0, 8192..<$0.count) }, { Self.filling($0, $0.count / 2..<$0.count) },
    { Self.filling($0, 60..<72) }, { Self.filling($0, 100..<4096) },
  ]

  private static func filling(_ bytes: Data, _ range: Range<Int>) -> Data {
    bytes.prefix(range.lowerBound) + Data(repeating: 0xA5, count: range.count) + bytes.dropFirst(range.upperBound)
  }

  @Test(arguments: damages.indices) func aDamagedIndexIsBuiltAgain(damage: Int) async throws {
    try await withTemporaryFolder { folder in
      try await withIndexedLedger(in: folder) { ledger, _ in
        try await record((0..<300).map { "CHG\($0)" }, in: ledger)
        try await buildIndex(of: ledger)
      }
      let file = URL(filePath: folder + "/reflog.sqlite.search")
      try Self.damages[damage](try Data(contentsOf: file)).write(to: file)
      let filters = ["CHG1", "CHG29", "nothing"].flatMap(reasonFilters)
      let read = try History(readingFileAt: folder + "/reflog.sqlite")
      #expect(try await ids(ChangeQuery(filter: filters[0]), 1000, read).count == 111)

      try await withIndexedLedger(in: folder) { ledger, _ in
        try await buildIndex(of: ledger)
        try await compare(filters, ledger)
        try await buildIndex(of: ledger)
        let plan = try await ledger.questions.read { db in try QueryPlan(ChangeQuery(filter: filters[0]), db) }
        let part = await ledger.questions.nextPart(of: 1...300, plan, size: 20, isAscending: false, turn: 1)
        #expect(part.candidates?.count == 111)
      }
    }
  }

  @Test func anOlderCopyOfTheLedgerDoesNotUseTheIndexOfTheNewerLedger() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.sqlite"
      try await withIndexedLedger(in: folder) { ledger, _ in
        try await record((0..<50).map { "first \($0)" }, in: ledger)
      }
      let copy = try Data(contentsOf: URL(filePath: path))
      try await withIndexedLedger(in: folder) { ledger, _ in
        try await record((0..<50).map { "second \($0)" }, in: ledger)
        try await buildIndex(of: ledger)
      }
      let filter = try ChangeFilter.parse("contains(reason,'second')")
      do {
        // The reader is closed at the end of this block. Otherwise the next server could not empty the write-ahead log
        // of the index.
        let newer = try History(readingFileAt: path)
        #expect(newer.reasonIndex != nil)
        #expect(try await newer.changes(ChangeQuery(filter: filter)).count == 50)
      }
      try copy.write(to: URL(filePath: path))
      #expect(try History(readingFileAt: path).reasonIndex == nil)

      try await withIndexedLedger(in: folder) { ledger, _ in
        try await record((0..<60).map { "third \($0)" }, in: ledger)
        try await compare(["first", "second", "third"].flatMap(reasonFilters), ledger)
        try await buildIndex(of: ledger)
        try await compare(["first", "second", "third"].flatMap(reasonFilters), ledger)
      }
      #expect(try History(readingFileAt: path).reasonIndex != nil)
    }
  }

  /// The segments of an index are built in the order of their age, so a search finds the newest changes first.
  @Test func aPartlyBuiltIndexFindsTheNewestChanges() async throws {
    try await withIndexedLedger(segmentSize: 1500) { ledger, _ in
      try await record((0..<3100).map { "CHG\($0)" }, in: ledger)
      let filter = try ChangeFilter.parse("contains(reason,'CHG')")
      let plan = try await ledger.questions.read { db in try QueryPlan(ChangeQuery(filter: filter), db) }
      var parts: [ReasonIndex.Part] = []
      while try await ledger.indexReasons() == .more {
        parts.append(await ledger.questions.nextPart(of: 1...3100, plan, size: 9000, isAscending: false, turn: 0))
        try await compare([filter], ledger, [5000])
      }
      // The first read of a search has at most 200 candidates.
      #expect(parts.map(\.ids) == [3001...3100, 3001...3100, 2901...3100, 2901...3100])
      #expect(parts.map(\.candidates?.count) == [100, 100, 200, 200])
    }
  }

  @Test func anIndexWithSegmentsOfAnotherSizeIsBuiltAgain() async throws {
    try await withTemporaryFolder { folder in
      for size in [64, 50, 500] as [Int64] {
        try await withIndexedLedger(in: folder, segmentSize: size) { ledger, _ in
          try await record((0..<40).map { "CHG\($0)" }, in: ledger)
          try await buildIndex(of: ledger)
          try await compare(reasonFilters("CHG1"), ledger)
        }
      }
    }
  }

  @Test func onlyTheOwnerCanReadTheIndex() async throws {
    try await withIndexedLedger { ledger, path in
      try await record(["CHG1"], in: ledger)
      try await buildIndex(of: ledger)
      for ending in ["", "-wal"] {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + ".search" + ending)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
      }
    }
  }
}
