import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the history of a flow contains the changes of the connectors that the flow's steps called at that time.
struct FlowImpactTests {
  /// The addresses and the connectors of the generated histories.
  private static let addresses = [
    "b2cUserFlows/B2C_1_signup/postFederationSignup", "b2cUserFlows/B2C_1_signup/preTokenIssuance",
    "b2cUserFlows/B2C_1_edit/postFederationSignup", "b2xUserFlows/B2C_1_signup/postAttributeCollection",
  ].map(Sample.address)
  private static let references: [ConnectorReference] = [
    Sample.fraudCheck, Sample.newVendor, Sample.connector("c-3", "Identity proof"), .none,
  ]
  private static let filters = [
    "flowId eq 'B2C_1_signup'", "flowId eq 'b2c_1_SIGNUP' and step eq 'preTokenIssuance'",
    "flowType eq 'b2cUserFlows' and flowId eq 'B2C_1_signup'", "flowId in ('B2C_1_edit','B2C_1_signup')",
    "startswith(flowId,'B2C_1_e')", "contains(flowId,'sign') and result eq 'denied'",
    "flowId eq 'B2C_1_signup' and result ne 'applied'", "flowId eq 'B2C_1_signup' and result eq 'applied'",
    "flowId eq 'B2C_1_signup' and initiatedBy/token/id eq '0123456789abcdef'",
    "flowId eq 'B2C_1_signup' and initiatedBy/type eq 'user'", "flowId eq 'B2C_1_signup' and id ge 40 and id lt 200",
    "flowId eq 'B2C_1_signup' and subject eq 'connector'", "flowId eq 'B2C_1_signup' and subject eq 'step'",
    "flowId eq 'B2C_1_signup' and after/connectorId eq 'c-3'", "flowId eq 'B2C_1_other'", "flowId ne 'B2C_1_signup'",
    "flowId eq 'B2C_1_signup' or result eq 'denied'", "step eq 'preTokenIssuance'", "not (flowId eq 'B2C_1_edit')",
    "flowId eq 'B2C_1_signup' and (reason eq 'x' or flowId eq 'B2C_1_edit')",
    "(flowId eq 'B2C_1_edit' or step eq 'preTokenIssuance') and kind eq 'update'",
    // These filters contain only a part of the flow's id. Some filters also have conditions about personal data.
    "contains(flowId,'SIGN')", "contains(flowId,'sign') and contains(step,'issuance')", "contains(flowId,'nothing')",
    "contains(flowId,'B2C') and contains(before/connectorId,'C-3')",
    "contains(flowId,'sign') and not (contains(before/connectorId,'c-3'))",
    "startswith(tolower(flowId),'b2c_1_') and contains(tolower(initiatedBy/user/displayName),'adele')",
    "contains(flowId,'sign') and contains(tolower(reason),'chg7')",
    "contains(flowId,'sign') and contains(reason,'CHG7') and subject eq 'connector'",
    "contains(flowId,'sign') and contains(reason,'CHG7') and result eq 'denied'",
    "flowId ge 'B2C_1_s' and contains(reason,'CHG7')", "flowId ge 'B2C_1_s' and reason eq 'Ticket CHG7'",
    "flowId ge 'B2C_1_s' and contains(reason,'CHG7') and subject eq 'connector'",
    "flowId ge 'B2C_1_s' and contains(reason,'CHG7') and initiatedBy/token/id eq '0123456789abcdef'",
    "contains(flowId,'sign') and override/reason eq 'Sign-up is down'",
    "contains(flowId,'sign') and contains(override/reason,'down') and subject eq 'connector'",
  ]

  /// Records a history in which steps and connectors are changed in random order.
  private func fill(_ ledger: Ledger, _ chance: inout SeededGenerator) async throws -> [Change] {
    let person = Change.Actor(type: .user, id: "oid", name: "Adele", proof: .entra)
    var held: [Address: ConnectorReference] = [:]
    var changes: [Change] = []
    for _ in 0..<260 {
      let isRefused = Int.random(in: 0..<6, using: &chance) == 0
      let actor = Bool.random(using: &chance) ? person : Sample.operatorActor
      let subject: Change.Subject
      let (before, after): (ConnectorReference, ConnectorReference)
      if Int.random(in: 0..<3, using: &chance) == 0 {
        subject = .connector
        before = Self.references[Int.random(in: 0..<3, using: &chance)]
        after = Int.random(in: 0..<8, using: &chance) == 0 ? .none : before
      } else {
        let address = Self.addresses[Int.random(in: 0..<4, using: &chance)]
        subject = .step(address)
        after = Self.references[Int.random(in: 0..<4, using: &chance)]
        // For the first change at an address, `before` is equal to `after`, or is `unknown`, or is a reference that no
        // earlier change recorded.
        let earlier = Self.references[Int.random(in: 0..<4, using: &chance)]
        before = held[address] ?? [after, .unknown, earlier][Int.random(in: 0..<3, using: &chance)]
        if !isRefused { held[address] = after }
      }
      let intent = Change.Intent(
        subject: subject,
        kind: .update,
        before: before,
        after: after,
        actor: actor,
        reason: changes.count % 4 == 0 ? "Ticket CHG7" : nil,
        requestID: "request"
      )
      changes.append(try await ledger.record(intent, isRefused ? .denied : .found))
    }
    return changes + (try await overrideAFreeze(in: ledger))
  }

  private static func edit(of connector: ConnectorReference) -> Change.Intent {
    Change.Intent(
      subject: .connector,
      kind: .update,
      before: connector,
      after: connector,
      actor: Sample.operatorActor,
      reason: nil,
      requestID: "request"
    )
  }

  /// Edits all connectors in spite of a freeze.
  private func overrideAFreeze(in ledger: Ledger) async throws -> [Change] {
    let freeze = Freeze.Draft(scope: .everything, reason: "INC0042")
    _ = try #require(try await ledger.place(freeze, by: Sample.operatorActor).freeze)
    var changes: [Change] = []
    for connector in Self.references.dropLast() {
      let intent = Self.edit(of: connector)
      let appended = try await ledger.append(
        Group(drafts: [.init(intent, .intended)], override: .init(because: "Sign-up is down", by: Sample.operatorActor))
      )
      guard case .recorded(_, let drafts) = appended else {
        Issue.record("\(appended)")
        continue
      }
      changes.append(try await ledger.settle(drafts[0]))
    }
    return changes
  }

  /// Returns the reference of each address before all changes: the `before` of its oldest applied change.
  private func references(before changes: [Change]) -> [Address: ConnectorReference] {
    var held: [Address: ConnectorReference] = [:]
    for change in changes where change.result == .applied {
      guard let address = change.intent.subject.address, held[address] == nil else { continue }
      held[address] = change.intent.before
    }
    return held
  }

  /// Returns the ids of the changes that match a filter. The search does not use SQL.
  private func expected(_ filter: ChangeFilter, in changes: [Change]) -> [Change.ID] {
    var held = references(before: changes)
    return changes.filter { change in
      if let address = change.intent.subject.address {
        if change.result == .applied { held[address] = change.after }
        return filter.matches(change)
      }
      let connector = change.intent.before.connectorID
      let callers = held.filter { $0.value.connectorID == connector }.keys
      return filter.matches(change) || callers.contains { matches(filter, change, calledBy: $0) }
    }.map(\.id)
  }

  /// Returns whether a change of a connector matches a filter because the step at an address called the connector.
  ///
  /// The terms about flows and steps are compared with the address. The other terms are compared with the change.
  private func matches(_ filter: ChangeFilter, _ change: Change, calledBy address: Address) -> Bool {
    let selecting = terms(filter).filter(isOnAddress)
    guard selecting.contains(where: { $0.fields.contains(.plain(.flowId)) }) else { return false }
    return terms(filter).allSatisfy { term in
      term.matches { field in
        switch field {
        case .plain(.flowType) where isOnAddress(term): .text(address.flowType.rawValue)
        case .plain(.flowId) where isOnAddress(term): .text(address.flow.text)
        case .plain(.step) where isOnAddress(term): .text(address.step.name)
        default: change[field]
        }
      }
    }
  }

  private func terms(_ filter: ChangeFilter) -> [ChangeFilter] {
    if case .and(let left, let right) = filter { terms(left) + terms(right) } else { [filter] }
  }

  private func isOnAddress(_ term: ChangeFilter) -> Bool {
    term.fields.allSatisfy { [.plain(.flowId), .plain(.flowType), .plain(.step)].contains($0) }
  }

  @Test(arguments: 1...2) func pagesCountsAndExportsContainTheSameChanges(seed: UInt64) async throws {
    try await withLedger { ledger in
      var chance = SeededGenerator(seed: seed)
      let changes = try await fill(ledger, &chance)
      for text in Self.filters {
        let filter = try ChangeFilter.parse(text)
        let wanted = expected(filter, in: changes)
        for isAscending in [true, false] {
          let query = ChangeQuery(filter: filter, isAscending: isAscending, includesImpact: true)
          let order = isAscending ? wanted : wanted.reversed()
          let whole = try await ledger.history.changes(query).map(\.id)
          let paged = try await pages(of: query, size: 29, ledger)
          #expect(whole == order, "\(text) \(seed)")
          #expect(paged == order, "\(text) \(seed), in pages")
        }
        let query = ChangeQuery(filter: filter, includesImpact: true)
        let count = try await ledger.history.count(query, timeLimit: .seconds(1000))
        let behind = try await ledger.history.changesWithEntries(query, after: 99, through: 10_000, upTo: 10_000)
        #expect(count == wanted.count, "\(text) \(seed)")
        #expect(behind.map(\.id) == wanted.filter { $0.number > 100 }, "\(text) \(seed), behind an entry")
      }
    }
  }

  private func pages(of query: ChangeQuery, size: Int, _ ledger: Ledger) async throws -> [Change.ID] {
    var (found, behind): ([Change.ID], Change.ID?) = ([], nil)
    while true {
      let piece = try await ledger.history.piece(of: query, behind: behind, limit: size, timeLimit: .seconds(1000))
      found += try piece.changes().map(\.id)
      guard let end = piece.end else { return found }
      behind = end
    }
  }

  @Test(arguments: [true, false]) func aSearchThatEndsEarlyContinuesAtItsEnd(isAscending: Bool) async throws {
    try await withLedger { ledger in
      var chance = SeededGenerator(seed: 5)
      let changes = try await fill(ledger, &chance)
      let filter = try ChangeFilter.parse("flowId eq 'B2C_1_signup' and kind eq 'update'")
      let ofSteps = Set(changes.filter { filter.matches($0) }.map(\.id))
      let wanted = Set(expected(filter, in: changes)).subtracting(ofSteps)
      let last = Int64(changes.count)

      let (found, count) = try await ledger.history.read { db in
        let impact = try #require(try FlowImpact(filter, IdentityMatches(filter, db), db))
        let rows = ChangeRows(db, ledger.history.identities)
        var (found, count): (Set<Int64>, Int) = ([], 0)
        var rest: ClosedRange<Int64>? = 1...last
        while let range = rest {
          let part = try impact.search(range, ascending: isAscending, limit: .max, periods: 8, rows, kept: true, db)
          found.formUnion(part.found)
          count += 1
          let (first, end) = (part.searched.lowerBound, part.searched.upperBound)
          rest = isAscending ? (end < last ? end + 1...last : nil) : (first > 1 ? 1...first - 1 : nil)
        }
        return (found, count)
      }

      #expect(Set(found.map { Change.ID($0) }) == wanted)
      #expect(count > 2)
    }
  }

  @Test func theStepsThatCalledAConnectorAreFound() async throws {
    try await withLedger { ledger in
      var chance = SeededGenerator(seed: 4)
      let changes = try await fill(ledger, &chance)
      var held = references(before: changes)
      var recorded: Set<Address> = []
      var wanted: [Change.ID: [ConnectorCaller]] = [:]
      for change in changes {
        if let address = change.intent.subject.address {
          guard change.result == .applied else { continue }
          held[address] = change.after
          recorded.insert(address)
        } else {
          let connector = change.intent.before.connectorID
          wanted[change.id] = held.filter { $0.value.connectorID == connector }.keys.sorted()
            .map { ConnectorCaller($0, isCertain: recorded.contains($0)) }
        }
      }
      let flow = ChangeQuery(filter: try ChangeFilter.parse("flowId eq 'B2C_1_edit'"), includesImpact: true)

      #expect(try await ledger.history.callers(of: changes) == wanted)
      #expect(
        try await ledger.history.callers(of: changes, among: flow)
          == wanted.mapValues { $0.filter { $0.address.flow.text == "B2C_1_edit" } }
      )
    }
  }

  /// If no sweep was made, the first recorded change of a step can be later than an edit of the connector that the step
  /// called before.
  @Test(arguments: [true, false])
  func theFirstChangeOfAStepShowsTheConnectorThatTheStepCalledEarlier(isAscending: Bool) async throws {
    try await withLedger { ledger in
      func edit(_ connector: ConnectorReference) async throws -> Change {
        let intent = Self.edit(of: connector)
        return try await ledger.record(intent, .found)
      }
      let edited = try await edit(Sample.fraudCheck)
      _ = try await edit(Sample.newVendor)
      let first = try await ledger.record(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .found)
      _ = try await edit(Sample.fraudCheck)
      let last = try await edit(Sample.newVendor)
      let filter = try ChangeFilter.parse("flowId eq '\(Sample.signup.flow)'")
      let query = ChangeQuery(filter: filter, isAscending: isAscending, includesImpact: true)
      let wanted = [edited.id, first.id, last.id]

      #expect(try await ledger.history.changes(query).map(\.id) == (isAscending ? wanted : wanted.reversed()))
      #expect(
        try await ledger.history.callers(of: [edited, first, last])
          == [
            edited.id: [ConnectorCaller(Sample.signup, isCertain: false)],
            last.id: [ConnectorCaller(Sample.signup, isCertain: true)],
          ]
      )
    }
  }

  @Test func theEditsOfAConnectorSinceATimeAreFound() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      func edit(_ event: Change.Event, after: ConnectorReference = Sample.fraudCheck) async throws -> Change {
        clock.advance(by: .seconds(1))
        let intent = Change.Intent(
          subject: .connector,
          kind: .update,
          before: Sample.fraudCheck,
          after: after,
          actor: Sample.operatorActor,
          reason: nil,
          requestID: "request"
        )
        return try await ledger.record(intent, event)
      }
      _ = try await edit(.found)
      let pending = try await edit(.intended)
      let moment = clock.read()
      clock.advance(by: .seconds(1))
      let settled = try await ledger.settle(pending)
      _ = try await edit(.denied)
      let deletion = try await edit(.found, after: .none)
      let connector = try #require(Sample.fraudCheck.connectorID)

      let edits = try await ledger.history.edits(of: [connector], since: moment)
      let later = try await ledger.history.edits(of: [connector], since: clock.read())

      #expect(edits[connector]?.map(\.id) == [settled.id, deletion.id])
      #expect(later.isEmpty)
    }
  }

  @Test func theNewestRollbackOfEachChangeIsFound() async throws {
    try await withLedger { ledger in
      func rollback(of id: Change.ID, _ event: Change.Event) async throws -> Change {
        let intent = Change.Intent(
          subject: .step(Sample.signup),
          kind: .rollback,
          before: Sample.newVendor,
          after: Sample.fraudCheck,
          actor: Sample.operatorActor,
          reason: nil,
          requestID: "request",
          rollbackOf: id
        )
        return try await ledger.record(intent, event)
      }
      let bad = try await ledger.record(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .found)
      _ = try await rollback(of: bad.id, .found)
      let newest = try await rollback(of: bad.id, .found)
      _ = try await rollback(of: bad.id, .denied)

      let rollbacks = try await ledger.history.appliedRollbacks(of: [bad.id, newest.id])

      #expect(rollbacks.mapValues(\.id) == [bad.id: newest.id])
    }
  }
}
