import Foundation
import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

/// Tests that the SQL of a filter selects the same changes as the filter in Swift.
struct FilterTests {
  /// The number of generated filters.
  ///
  /// The environment variable FILTER_COUNT sets another number.
  private static let count = ProcessInfo.processInfo.environment["FILTER_COUNT"].flatMap { Int($0) } ?? 2000
  private static let texts = [
    "B2C_1_signup", "b2c_1_SIGNUP", "postFederationSignup", "applied", "denied", "connector", "none", "token", "user",
    "deploy",
    "Adele Vance", "adele@contoso.example", "it's", "CHG0042", "Fraud check", "Straße", "e\u{301}", "é", "", "3f1c",
    "'", "x'y", "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01", "8A64D9B0-21f7-4c1e-8f3a-7c92e4b5d602", "0123456789abcdef",
    "oid",
    "sp", "cli", "c7", guid, batch, "it's", "b2xUserFlows", "adele vance", "chg0042", "ÄRGER", "ärger", "\u{212A}elvin",
    "kelvin", "İstanbul", "i\u{307}stanbul", "ISTANBUL",
  ]
  private static let guid = "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a"
  private static let batch = "0f1e2d3c-4b5a-4697-8877-665544332211"

  private func fill(_ ledger: Ledger, _ clock: ManualClock, _ chance: inout some RandomNumberGenerator) async throws {
    let connectors: [ConnectorReference] = [Sample.fraudCheck, Sample.newVendor, .none, .unknown]
    let actors = [
      Sample.operatorActor, .unknown,
      Change.Actor(
        type: .user,
        id: "oid",
        name: "Adele Vance",
        userPrincipalName: "adele@contoso.example",
        clientAppID: "14d8",
        ipAddress: "192.0.2.1",
        proof: .entra
      ),
      Change.Actor(type: .app, id: "sp", name: "it's", clientAppID: "cli", proof: .graph),
    ]
    for number in 0..<120 {
      clock.advance(by: .milliseconds(Int.random(in: 0...5000, using: &chance)))
      let address = Sample.address(
        ["b2cUserFlows/B2C_1_signup/postFederationSignup", "b2xUserFlows/B2X_1_e/preTokenIssuance"][number % 2]
      )
      let intent = Change.Intent(
        subject: number % 7 == 0 ? .connector : .step(address),
        kind: .update,
        before: connectors[Int.random(in: 0..<4, using: &chance)],
        after: connectors[Int.random(in: 0..<4, using: &chance)],
        actor: actors[Int.random(in: 0..<actors.count, using: &chance)],
        reason: Bool.random(using: &chance) ? Self.texts.randomElement(using: &chance) : nil,
        correlationID: Bool.random(using: &chance) ? (number % 5 == 0 ? Self.guid : "c\(number)") : nil,
        requestID: number % 3 == 0 ? Self.guid : "r\(number)",
        batchID: number % 11 == 0 ? Self.batch : nil
      )
      let refusal = DirectoryRefusal(httpStatus: 404, code: "x'y", message: "Straße")
      let events: [Change.Event] = [.found, .denied, .answered(.refused(refusal)), .notKept(Change.ID(1))]
      try await ledger.record(intent, events[Int.random(in: 0..<4, using: &chance)])
      if number == 60 { try await ledger.erase(.actor("oid")) }
    }
  }

  private func value(_ field: ChangeField, _ chance: inout some RandomNumberGenerator) -> String {
    if Int.random(in: 0..<8, using: &chance) == 0 { return "null" }
    switch field.kind {
    case .text, .name:
      let text = Self.texts.randomElement(using: &chance) ?? ""
      return "'\(text.replacing("'", with: "''"))'"
    case .number, .id:
      return ["1", "'17'", "404", "60", "-1", "9223372036854775807"].randomElement(using: &chance) ?? "1"
    case .flag: return "true"
    case .time:
      let offset = Int64.random(in: -1_000_000...400_000_000, using: &chance)
      return Timestamp(microseconds: ManualClock.start.microseconds + offset).description
    }
  }

  private func text(_ depth: Int, _ chance: inout some RandomNumberGenerator) -> String {
    guard depth > 0, Int.random(in: 0..<3, using: &chance) > 0 else { return term(&chance) }
    switch Int.random(in: 0..<4, using: &chance) {
    case 0: return "not (\(text(depth - 1, &chance)))"
    case 1: return "(\(text(depth - 1, &chance)))"
    case 2: return "\(text(depth - 1, &chance)) and \(text(depth - 1, &chance))"
    default: return "\(text(depth - 1, &chance)) or \(text(depth - 1, &chance))"
    }
  }

  private func term(_ chance: inout some RandomNumberGenerator) -> String {
    let field = ChangeField.allCases.randomElement(using: &chance) ?? .plain(.id)
    switch Int.random(in: 0..<6, using: &chance) {
    case 0: return "\(field.rawValue) in (\((0..<3).map { _ in value(field, &chance) }.joined(separator: ", ")))"
    case 1,
      2 where field.kind == .text || field.kind == .name:
      let part = (Self.texts.randomElement(using: &chance) ?? "").replacing("'", with: "''")
      let name = Bool.random(using: &chance) ? "contains" : "startswith"
      let text = Bool.random(using: &chance) ? field.rawValue : "tolower(\(field.rawValue))"
      return field.kind == .text || field.kind == .name ? "\(name)(\(text),'\(part)')" : "id eq 1"
    case 3 where field.kind == .text:
      let value = value(field, &chance)
      let forms = ["eq \(value)", "ne \(value)", "in (\(value), 'adele vance', null)"]
      return "tolower(\(field.rawValue)) \(forms.randomElement(using: &chance) ?? "")"
    default:
      let value = value(field, &chance)
      let comparison =
        value == "null" ? "ne" : FilterComparison.allCases.randomElement(using: &chance)?.rawValue ?? "eq"
      return "\(field.rawValue) \(comparison) \(value)"
    }
  }

  /// Reads all pages of a query, and returns the ids of all changes that the query finds.
  private func pages(_ query: ChangeQuery, of size: Int, _ history: History) async throws -> [Change.ID] {
    var found: [Change.ID] = []
    var last: Change.ID?
    while true {
      let page = try await history.piece(of: query, behind: last, limit: size, timeLimit: .seconds(60))
      found += try page.changes().map(\.id)
      guard let end = page.end else { return found }
      last = end
    }
  }

  @Test func sqlSelectsExactlyTheMatchingChanges() async throws {
    var chance = SeededGenerator(seed: 20_261_123)
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      try await fill(ledger, clock, &chance)
      let all = try await ledger.history.changes(limit: 1000)
      var answered = 0
      for _ in 0..<Self.count {
        let text = text(4, &chance)
        let filter: ChangeFilter
        do {
          filter = try ChangeFilter.parse(text)
        } catch {
          Issue.record("\(text): \(error)")
          return
        }
        let query = ChangeQuery(filter: filter, isAscending: Bool.random(using: &chance))
        let found = try await pages(query, of: Int.random(in: 1...60, using: &chance), ledger.history)
        let matching = all.filter(filter.matches).map(\.id)
        let expected = query.isAscending ? matching.reversed() : matching
        let count = try await ledger.history.count(query, timeLimit: .seconds(60))
        #expect(count == expected.count, "\(text)")
        answered += found.count
        if found != expected {
          Issue.record("\(text): \(found) instead of \(expected)")
          return
        }
      }
      #expect(answered > Self.count)
    }
  }

  /// Tests the filters that are answered completely by lookups in an index.
  ///
  /// The SQL for these filters contains only the lookups, and not the condition of the filter. So a wrong lookup would
  /// return wrong changes.
  @Test func everyEqualityFindsExactlyTheMatchingChanges() async throws {
    var chance = SeededGenerator(seed: 29)
    let clock = ManualClock()
    let values =
      ["null"]
      + [
        "B2C_1_signup", "b2c_1_SIGNUP", "postFederationSignup", "POSTFEDERATIONSIGNUP", "none", "oid", "OID",
        Self.batch,
        Self.batch.uppercased(), Self.guid, Self.guid.uppercased(), "c7", "8A64D9B0-21f7-4c1e-8f3a-7c92e4b5d602",
        "denied",
      ].map { "'\($0)'" }
    let fields = ChangeField.allCases.filter { $0.kind == .text || $0.kind == .name }.map(\.rawValue)
    let single = fields.flatMap { field in values.map { "\(field) eq \($0)" } }
    let pairs = values.flatMap { flow in values.map { "flowId eq \(flow) and step eq \($0)" } }
    try await withLedger(clock: clock) { ledger in
      try await fill(ledger, clock, &chance)
      let all = try await ledger.history.changes(limit: 1000)
      for text in single + pairs {
        let filter = try ChangeFilter.parse(text)
        let expected = all.filter(filter.matches).map(\.id)
        let query = ChangeQuery(filter: filter)

        #expect(try await pages(query, of: 50, ledger.history) == expected, "\(text)")
        #expect(try await ledger.history.count(query, timeLimit: .seconds(60)) == expected.count, "\(text)")
      }
    }
  }

  @Test func anInvalidFilterIsRefusedWithThePositionOfTheMistake() async throws {
    var chance = SeededGenerator(seed: 7)
    for _ in 0..<Self.count {
      var bytes = Array(text(3, &chance).utf8)
      for _ in 0...Int.random(in: 0..<3, using: &chance) {
        let position = Int.random(in: 0..<bytes.count, using: &chance)
        bytes[position] = "'(),=<>;%\\ az09\u{0}é".utf8.randomElement(using: &chance) ?? 0
      }
      let broken = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try ChangeFilter.parse(broken)
      } catch {
        #expect((0...broken.utf8.count).contains(error.position), "\(broken)")
        #expect(!error.problem.isEmpty)
      }
    }
  }

  @Test(arguments: [
    ("", 0), ("id", 2), ("id eq", 5), ("id eq 'x'", 6), ("nothing eq 1", 0), ("id = 1", 3), ("id eq 1 and", 11),
    ("(id eq 1", 8), ("id eq 1)", 7), ("reason eq 'x", 10), ("reason gt null", 7),
    ("activityDateTime ge '2026-01-01'", 20),
    ("activityDateTime ge 2026-02-30", 20), ("contains(id,'1')", 9), ("id in ()", 7), ("result eq applied", 10),
    ("reason eq 'a' or or", 17), ("id eq 1 id eq 2", 8), ("result.eq 'x'", 0), ("endswith(reason,'x')", 0),
  ])
  func anErrorContainsThePositionOfTheMistake(text: String, position: Int) {
    let error = #expect(throws: FilterError.self) { try ChangeFilter.parse(text) }
    #expect(error?.position == position, "\(String(describing: error))")
  }

  @Test func theDepthAndTheNumberOfTermsOfAFilterAreLimited() {
    #expect(throws: FilterError.self) { try ChangeFilter.parse(String(repeating: "(", count: 5000)) }
    #expect(throws: FilterError.self) { try ChangeFilter.parse(String(repeating: "not ", count: 1000) + "id eq 1") }
    let many = Array(repeating: "id eq 1", count: 201).joined(separator: " or ")
    #expect(throws: FilterError.self) { try ChangeFilter.parse(many) }
  }
}
