import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

/// Tests of filters that find changes by a part of a name or an id.
struct TextSearchTests {
  /// The SQL must not nest a function for each letter, because SQLite's parser has a limit for nested functions.
  @Test func aTextWithManyLettersOutsideOfASCIIIsFound() async throws {
    let pangram = "Съешь же ещё этих мягких французских булок, да выпей чаю"
    try await withLedger { ledger in
      let intent = Change.Intent(
        subject: .step(Sample.signup),
        kind: .update,
        before: .none,
        after: .none,
        actor: Sample.operatorActor,
        reason: pangram.uppercased(),
        requestID: "request"
      )
      try await ledger.record(intent, .found)
      for (text, count) in [(pangram, 1), (pangram + "!", 0)] {
        let filter = try ChangeFilter.parse("contains(tolower(reason),'\(text.lowercased())')")
        #expect(try await ledger.history.changes(ChangeQuery(filter: filter)).count == count)
      }
    }
  }

  private static let flows = 90

  /// Records changes at many addresses, by people with similar names. Each connector is recorded with two different
  /// names.
  private func fill(_ ledger: Ledger, _ clock: ManualClock) async throws {
    let people = (0..<70).map { number in
      Change.Actor(
        type: number % 5 == 4 ? .app : .user,
        id: "oid-\(number)",
        name: number % 3 == 0 ? "Ödön İnan \(number)" : "Adele Vance \(number)",
        userPrincipalName: number % 5 == 4 ? nil : "Person\(number)@contoso.example",
        clientAppID: "APP-\(number % 4)",
        proof: .entra
      )
    }
    let connectors = (0..<80).map {
      Sample.connector("Connector-\($0)", "\($0 % 2 == 0 ? "Fraud" : "ÉLAN") check \($0)")
    }
    for number in 0..<400 {
      clock.advance(by: .seconds(1))
      let flow = number * 7 % Self.flows
      let address = Sample.address(
        "\(flow % 8 == 7 ? "b2xUserFlows/B2X" : "b2cUserFlows/B2C")_1_\(flow % 2 == 0 ? "SignUp" : "edit")\(flow)/"
          + ["postFederationSignup", "preTokenIssuance"][number / 2 % 2]
      )
      let renamed = Sample.connector("Connector-\(number % 80)", "Renamed \(number % 80)")
      let intent = Change.Intent(
        subject: number % 9 == 8 ? .connector : .step(address),
        kind: .update,
        before: number % 10 == 0 ? .none : connectors[number % 80],
        after: number % 6 == 0 ? renamed : connectors[number * 3 % 80],
        actor: number % 20 == 0 ? .unknown : people[number * 11 % 70],
        reason: number % 4 == 0 ? "Änderung CHG\(number)" : nil,
        correlationID: nil,
        requestID: "r\(number)"
      )
      try await ledger.record(intent, number % 13 == 0 ? .denied : .found)
      if number == 200 { try await ledger.erase(.actor("oid-0")) }
    }
  }

  private func ids(_ query: ChangeQuery, of size: Int, _ history: History) async throws -> [Change.ID] {
    var (found, last) = ([Change.ID](), Change.ID?.none)
    while true {
      let page = try await history.piece(of: query, behind: last, limit: size, timeLimit: .seconds(60))
      found += try page.changes().map(\.id)
      guard let end = page.end else { return found }
      last = end
    }
  }

  @Test func partsOfNamesFindTheChangesThatTheFilterMatches() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      try await fill(ledger, clock)
      let all = try await ledger.history.changes(limit: 1000)
      for question in Self.questions + Self.searches {
        let filter = try ChangeFilter.parse(question)
        let expected = all.filter(filter.matches).map(\.id)
        for (isAscending, size) in [(false, 1000), (false, 40), (true, 26)] {
          let query = ChangeQuery(filter: filter, isAscending: isAscending)
          let found = try await ids(query, of: size, ledger.history)
          #expect(found == (isAscending ? expected.reversed() : expected), "\(question)")
        }
        #expect(try await ledger.history.count(ChangeQuery(filter: filter), timeLimit: .seconds(60)) == expected.count)
        #expect(question.hasPrefix("contains(flowId,'nothing") || !expected.isEmpty, "\(question)")
      }
    }
  }

  private static let questions: [String] =
    [
      "contains(flowId,'signup')", "contains(flowId,'SIGNUP4')", "startswith(flowId,'b2x')", "contains(flowId,'')",
      "contains(flowId,'nothing')", "contains(step,'token')", "contains(flowId,'signup') and contains(step,'token')",
      "contains(flowId,'signup') and step eq 'preTokenIssuance'", "contains(flowId,'edit1') and result eq 'denied'",
      "contains(flowId,'signup') and activityDateTime ge 2026-11-23T09:17:00Z",
      "contains(flowId,'signup') and id le 100 and kind eq 'update'", "not contains(flowId,'signup')",
      "contains(flowId,'signup') or contains(flowId,'edit1')", "contains(flowId,'edit') and result eq 'denied'",
      "contains(tolower(initiatedBy/user/displayName),'adele')",
      "contains(tolower(initiatedBy/user/displayName),'ödön')",
      "contains(tolower(initiatedBy/user/displayName),'i\u{307}nan')",
      "startswith(tolower(initiatedBy/user/userPrincipalName),'person1')",
      "tolower(initiatedBy/user/userPrincipalName) eq 'person12@contoso.example'",
      "tolower(initiatedBy/user/userPrincipalName) in ('person12@contoso.example', 'person3@contoso.example', null)",
      "tolower(initiatedBy/user/userPrincipalName) ne 'person12@contoso.example'",
      "contains(initiatedBy/user/id,'oid-1')", "contains(tolower(initiatedBy/app/appId),'app-2')",
      "contains(initiatedBy/app/displayName,'Vance')", "contains(before/connectorId,'connector-1')",
      "contains(after/connectorId,'CONNECTOR-2')", "contains(tolower(before/displayName),'élan')",
      "contains(tolower(after/displayName),'renamed')", "not contains(tolower(after/displayName),'fraud')",
      "contains(tolower(reason),'änderung')", "contains(tolower(reason),'chg4')", "contains(reason,'CHG4')",
      "contains(tolower(reason),'chg4') and result eq 'applied'", "not contains(reason,'CHG4')",
      "contains(reason,'CHG4') and contains(flowId,'signup')", "contains(tolower(reason),'chg') and kind eq 'update'",
      "contains(reason,'CHG') and id ge 100 and id le 200",
    ] + [question { $0.actor = "ADELE" }, question { $0.connector = "fraud" }, question { $0.reason = "CHG1" }]
    + [question { $0.actor = "person1" } + " and " + question { $0.flow = "signup" }]

  /// Filters in which `or` combines a condition on the reason with another condition.
  private static let searches: [String] =
    ["chg4", "signup4", "1", "adele", "i\u{307}nan"].map { words in question { $0.words = words } } + [
      question { $0.words = "chg1" } + " and result eq 'applied'", question { $0.words = "chg1" } + " and id le 200",
      "contains(flowId,'nowhere') or contains(reason,'CHG4')", "contains(reason,'CHG4') or contains(reason,'CHG1')",
      "contains(reason,'CHG4') or kind eq 'update'",
    ]

  private static func question(_ change: (inout PlainQuestion) -> Void) -> String {
    var question = PlainQuestion()
    change(&question)
    return question.text ?? ""
  }

  @Test(arguments: [
    ("VENDOR", [2]), ("INC0042", [1, 2]), ("nothing", []), ("5D4C3B2A-1F0E-4D9C-8B7A-6F5E4D3C2B1A", [1]),
  ])
  func reasonsForOverridesAndIDsInUpperCaseAreFound(words: String, wanted: [Int64]) async throws {
    try await withLedger { ledger in
      func intent(_ address: Address) -> Change.Intent {
        Change.Intent(
          subject: .step(address),
          kind: .update,
          before: .none,
          after: Sample.fraudCheck,
          actor: Sample.operatorActor,
          reason: "INC0042",
          correlationID: "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1\(address == Sample.signup ? "a" : "b")",
          requestID: "request"
        )
      }
      try await ledger.record(intent(Sample.signup), .found)
      let freeze = Freeze.Draft(scope: .everything, reason: "x")
      _ = try await ledger.place(freeze, by: Sample.operatorActor)
      let override = Group.Override(because: "The vendor is back", by: Sample.operatorActor)
      let group = Group(drafts: [.init(intent(Sample.attributes), .intended)], override: override)
      guard case .recorded = try await ledger.append(group) else { Issue.record("refused"); return }

      for question in [Self.question { $0.words = words }, Self.question { $0.reason = words }] {
        let query = ChangeQuery(filter: try ChangeFilter.parse(question), isAscending: true)
        let isSearched = question.contains("correlationId") || !words.contains("-")
        let found = isSearched ? wanted : []
        #expect(try await ids(query, of: 10, ledger.history).map(\.number) == found, "\(question)")
        #expect(try await ledger.history.count(query, timeLimit: .seconds(60)) == found.count)
      }
    }
  }

  @Test func aReasonForAnOverrideIsNotProposedAsAName() async throws {
    try await withLedger { ledger in
      let freeze = Freeze.Draft(scope: .everything, reason: "x")
      _ = try await ledger.place(freeze, by: Sample.operatorActor)
      let draft = Group.Draft(Sample.intent(before: .none, after: Sample.fraudCheck), .intended)
      let override = Group.Override(because: "Vendor", by: Sample.operatorActor)
      guard case .recorded = try await ledger.append(Group(drafts: [draft], override: override)) else {
        Issue.record("refused")
        return
      }
      let filter = try ChangeFilter.parse(Self.question { $0.words = "Vendro" })

      #expect(try await ledger.history.nearestNames(to: filter).flatMap(\.names) == [])
    }
  }

  @Test(arguments: [
    ("B2C_1_signup", true, []), ("b2cUserFlows/b2c_1_SIGNUP", true, []), ("signup", false, ["B2C_1_signup"]),
    ("b2xUserFlows/B2C_1_signup", false, ["B2C_1_signup"]), ("B2C_1_singup", false, ["B2C_1_signup"]),
    ("zzzz", false, []),
  ])
  func aFlowIsKnownIfOneOfItsStepsIsRecorded(name: String, isRecorded: Bool, nearest: [String]) async throws {
    try await withLedger { ledger in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)

      let known = try await ledger.history.lookUpFlow(name)

      #expect(known.isRecorded == isRecorded)
      #expect(known.nearest == nearest)
    }
  }

  @Test func aTextInUpperCaseNeverEqualsATextInLowerCase() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      try await fill(ledger, clock)
      for text in ["contains(tolower(reason),'CHG')", "tolower(initiatedBy/user/displayName) eq 'Adele Vance 1'"] {
        let filter = try ChangeFilter.parse(text)
        #expect(try await ids(ChangeQuery(filter: filter), of: 50, ledger.history).isEmpty, "\(text)")
      }
    }
  }

  @Test(arguments: [
    ("contains(flowId,'singup')", ["singup: B2C_1_SignUp0, B2C_1_SignUp4, B2C_1_SignUp6"]),
    ("contains(flowId,'signup')", []), ("contains(flowId,'zzzzzz')", []), ("not contains(flowId,'singup')", []),
    (
      "tolower(initiatedBy/user/userPrincipalName) eq 'persn12@contoso.example'",
      [
        "persn12@contoso.example: Person12@contoso.example, Person1@contoso.example, Person2@contoso.example"
      ]
    ),
    ("kind eq 'updaet'", []), ("contains(reason,'singup')", []),
  ])
  func theNearestNamesAreProposed(question: String, proposals: [String]) async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      try await fill(ledger, clock)
      let filter = try ChangeFilter.parse(question)
      let nearest = try await ledger.history.nearestNames(to: filter)
      #expect(nearest.map { "\($0.text): \($0.names.joined(separator: ", "))" } == proposals)
    }
  }

  @Test func namesOfAnErasedPersonAreNotProposed() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let actor = Change.Actor(type: .user, id: "oid", name: "Zoltan", userPrincipalName: nil, proof: .entra)
      try await ledger.record(Sample.intent(before: .none, after: .none, by: actor), .found)
      let filter = try ChangeFilter.parse("contains(tolower(initiatedBy/user/displayName),'zolatn')")
      #expect(try await ledger.history.nearestNames(to: filter).map(\.names) == [["Zoltan"]])

      try await ledger.erase(.actor("oid"))

      #expect(try await ledger.history.nearestNames(to: filter).isEmpty)
    }
  }
}
