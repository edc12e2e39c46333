import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the queries that the page of an actor and the page of a connector use.
struct ActivityTests {
  private static let adele = Change.Actor(type: .user, id: "oid", name: "Adele", proof: .entra)
  /// An application with the same id as the person.
  private static let namesake = Change.Actor(type: .app, id: "oid", name: "Pipeline", proof: .entra)
  private static let references: [ConnectorReference] = [Sample.fraudCheck, Sample.newVendor, .none]
  private static let addresses = [
    Sample.signup, Sample.attributes, Sample.address("b2cUserFlows/B2C_1_edit/postFederationSignup"),
  ]

  /// Records changes of steps and of connectors in random order, and advances the clock by a minute for each.
  private func fill(_ ledger: Ledger, _ clock: ManualClock, seed: UInt64) async throws -> [Change] {
    var chance = SeededGenerator(seed: seed)
    var held: [Address: ConnectorReference] = [:]
    var changes: [Change] = []
    for _ in 0..<150 {
      clock.advance(by: .seconds(60))
      let actor = [Self.adele, Self.namesake, Sample.operatorActor].randomElement(using: &chance) ?? Self.adele
      let isDenied = Int.random(in: 0..<5, using: &chance) == 0
      let after = Self.references.randomElement(using: &chance) ?? .none
      guard Int.random(in: 0..<6, using: &chance) > 0 else {
        let intent = Change.Intent(
          subject: .connector,
          kind: .update,
          before: Sample.fraudCheck,
          after: Sample.fraudCheck,
          actor: actor,
          requestID: "request"
        )
        changes.append(try await ledger.record(intent, isDenied ? .denied : .found))
        continue
      }
      let address = Self.addresses.randomElement(using: &chance) ?? Sample.signup
      // The first change of a step may have no effect, and the step may have called a connector before that change.
      let before = held[address] ?? [after, .unknown, Sample.fraudCheck].randomElement(using: &chance) ?? after
      if !isDenied { held[address] = after }
      let intent = Sample.intent(before: before, after: after, at: address, by: actor)
      changes.append(try await ledger.record(intent, isDenied ? .denied : .found))
    }
    return changes
  }

  /// Returns the periods in which steps called a connector, by a simple search of all changes.
  private static func periods(
    of connector: ConnectorID,
    in changes: [Change]
  ) -> [(start: Change.ID?, end: Change.ID?)] {
    var periods: [(start: Change.ID?, end: Change.ID?)] = []
    for address in addresses {
      let applied = changes.filter { $0.intent.subject.address == address && $0.result == .applied }
      let bounds = applied.enumerated().filter { $0.offset == 0 || $0.element.isEffective }.map(\.element)
      if let first = bounds.first, first.isEffective, first.intent.before.connectorID == connector {
        periods.append((nil, first.id))
      }
      for (index, start) in bounds.enumerated() where start.after.connectorID == connector {
        periods.append((start.id, index + 1 < bounds.count ? bounds[index + 1].id : nil))
      }
    }
    return periods.sorted { ($0.start ?? $0.end)?.number ?? 0 > ($1.start ?? $1.end)?.number ?? 0 }
  }

  /// Returns, for each step that calls a connector now, the change that set the connector.
  ///
  /// The search examines all changes.
  private static func callers(of connector: ConnectorID, in changes: [Change]) -> [Change.ID] {
    let held = addresses.compactMap { address in
      let applied = changes.filter { $0.intent.subject.address == address && $0.result == .applied }
      return applied.last(where: \.isEffective) ?? applied.last
    }
    return held.filter { $0.after.connectorID == connector }.map(\.id).sorted(by: >)
  }

  @Test(arguments: 1...8)
  func theCallsOfAConnectorAreThePeriodsOfAllSteps(seed: UInt64) async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let changes = try await fill(ledger, clock, seed: seed)
      for connector in [Sample.fraudCheck, Sample.newVendor].compactMap(\.connectorID) {
        let expected = Self.periods(of: connector, in: changes)
        var found: [ConnectorCall] = []
        var behind: Change.ID?
        repeat {
          let part = try await ledger.history.calls(of: connector, behind: behind, limit: 4, timeLimit: .seconds(100))
          #expect(part.calls.count <= 4)
          found += part.calls
          behind = part.next
        } while behind != nil

        #expect(found.map { $0.start?.id } == expected.map(\.start))
        #expect(found.map { $0.end?.id } == expected.map(\.end))
        let current = try await ledger.history.currentCalls(of: connector, limit: 100)
        #expect(current.changes.map(\.id) == Self.callers(of: connector, in: changes))
        let callers = Set(current.changes.compactMap(\.intent.subject.address))
        let lasting = expected.filter { $0.end == nil }.compactMap(\.start)
        #expect(callers == Set(changes.filter { lasting.contains($0.id) }.compactMap(\.intent.subject.address)))
        #expect(current.count == callers.count)
        #expect(try await ledger.history.currentCalls(of: connector, limit: 1).changes.count == min(1, callers.count))
      }
    }
  }

  @Test(arguments: 1...4)
  func theListOfConnectorsHasEveryStepThatCallsThem(seed: UInt64) async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let changes = try await fill(ledger, clock, seed: seed)

      let known = try await ledger.history.knownConnectors()

      let fraudCheck = try #require(Sample.fraudCheck.connectorID)
      #expect(Set(known.map(\.id)) == Set([fraudCheck, Sample.newVendor.connectorID].compactMap(\.self)))
      for connector in known {
        #expect(connector.calls == Self.callers(of: connector.id, in: changes))
        #expect(connector.displayName?.hasPrefix("Fraud check") == true)
        #expect(connector.isReal && !connector.isDeleted && connector.targetURL == nil)
      }
      let details = try await ledger.history.details(of: known.map(\.id), calls: known.flatMap(\.calls))
      #expect(details.calls.map(\.id) == known.flatMap(\.calls).sorted(by: >))
      let edits = changes.filter { $0.intent.subject == .connector && $0.result == .applied }
      #expect(details.newest[fraudCheck]?.id == edits.last?.id)
      #expect(details.newest.count == (edits.isEmpty ? 0 : 1))
    }
  }

  @Test func aConnectorThatWasDeletedIsListedAsDeleted() async throws {
    try await withLedger { ledger in
      let deletion = Change.Intent(
        subject: .connector,
        kind: .update,
        before: Sample.fraudCheck,
        after: .none,
        actor: Self.adele,
        requestID: "request"
      )
      try await ledger.record(deletion, .denied)
      #expect(try await ledger.history.knownConnectors().map(\.isDeleted) == [false])
      #expect(try await ledger.history.knownConnectors().map(\.isReal) == [false])

      try await ledger.record(deletion, .found)

      #expect(try await ledger.history.knownConnectors().map(\.isDeleted) == [true])
    }
  }

  @Test func anEarlierReadOfAConnectorDoesNotReplaceALaterRead() async throws {
    try await withLedger { ledger in
      let id = try #require(Sample.fraudCheck.connectorID)
      for (name, entry) in [("First", Int64(3)), ("Second", 5), ("Late answer", 4), ("Third", 5)] {
        let connector = DirectoryConnector(id: id, displayName: name, targetURL: "https://a.example")
        try await ledger.remember([.connector(connector, entry: entry)])
        let expected = name == "Late answer" ? "Second" : name
        #expect(try await ledger.history.recordedConnector(id)?.connector.displayName == expected)
      }
    }
  }

  @Test func aConnectorThatNoRecordContainsIsUnknown() async throws {
    try await withLedger { ledger in
      try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found)
      let other = try #require(Sample.newVendor.connectorID)

      #expect(try await ledger.history.knownConnector(other).isKnown == false)
      #expect(try await ledger.history.recordedConnector(other) == nil)
      #expect(try await ledger.history.currentCalls(of: other, limit: 9).count == 0)
      let calls = try await ledger.history.calls(of: other, behind: nil, limit: 9, timeLimit: .seconds(1))
      #expect(calls.calls.isEmpty && calls.next == nil)
      let known = try #require(Sample.fraudCheck.connectorID)
      #expect(try await ledger.history.knownConnector(known).isKnown)
    }
  }

  @Test func theTotalsOfAnActorCountOnlyItsOwnChangesInAPeriod() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let changes = try await fill(ledger, clock, seed: 3)
      let (first, last) = (changes[30].activityDateTime, changes[120].activityDateTime)
      for actor in [Self.adele, Self.namesake, Sample.operatorActor] {
        let identity = try #require(actor.identity)
        for range in [
          TimeRange(), TimeRange(since: first), TimeRange(until: last), TimeRange(since: first, until: last),
          TimeRange(since: clock.read()), TimeRange(until: ManualClock.start),
        ] {
          let expected = changes.filter { change in
            change.intent.actor.identity == identity && range.since.map { change.activityDateTime >= $0 } ?? true
              && range.until.map { change.activityDateTime < $0 } ?? true
          }
          let totals = try await ledger.history.totals(of: identity, in: range, timeLimit: .seconds(100))

          #expect(totals.isComplete && totals.count == expected.count)
          #expect(totals.results == Dictionary(grouping: expected, by: \.result).mapValues(\.count))
          #expect(totals.connectors == expected.count { $0.intent.subject == .connector })
          let flows = expected.compactMap { $0.intent.subject.address.map { FlowName(of: $0) } }
          #expect(totals.flows == Dictionary(grouping: flows) { $0 }.mapValues(\.count))
          let filter = range.filter.map { ChangeFilter.and(identity.filter, $0) } ?? identity.filter
          let found = try await ledger.history.changes(ChangeQuery(filter: filter))
          #expect(found.reversed().map(\.id) == expected.map(\.id))
        }
      }
    }
  }

  @Test func theStatementsOfAnActorAreFound() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      var pending: [Change] = []
      for address in Self.addresses {
        let intent = Sample.intent(before: .none, after: Sample.fraudCheck, at: address)
        pending.append(try await ledger.record(intent, .intended))
      }
      for (change, actor) in zip(pending.reversed(), [Self.adele, Sample.operatorActor, Self.adele]) {
        clock.advance(by: .seconds(60))
        let statement = Change.Statement(result: .applied, reason: "Checked in the portal", actor: actor)
        try await ledger.settle(change, by: .stated(statement), settledBy: .person)
      }

      let identity = try #require(Self.adele.identity)
      func statements(_ range: TimeRange = TimeRange(), behind: Int64? = nil, limit: Int = 9) async throws -> [Change] {
        try await ledger.history.statements(of: identity, in: range, behind: behind, limit: limit)
      }
      let all = try await statements()
      #expect(all.map(\.id.number) == [1, 3])
      #expect(try await statements(limit: 1).map(\.id.number) == [1])
      #expect(try await statements(behind: all[0].sequence, limit: 1).map(\.id.number) == [3])
      #expect(try await statements(behind: all[1].sequence).isEmpty)
      #expect(try await statements(TimeRange(until: clock.read())).map(\.id.number) == [3])
      #expect(try await statements(TimeRange(since: clock.read())).map(\.id.number) == [1])
      #expect(try await ledger.history.named(identity)?.name == "Adele")
      let namesake = try #require(Self.namesake.identity)
      #expect(try await ledger.history.named(namesake) == nil)
      #expect(
        try await ledger.history.statements(of: namesake, in: TimeRange(), behind: nil, limit: 9).isEmpty
      )
    }
  }

  @Test func aCountThatTakesTooLongIsMarked() async throws {
    try await withLedger { ledger in
      try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found)
      let identity = try #require(Sample.operatorActor.identity)

      #expect(try await !ledger.history.totals(of: identity, in: TimeRange(), timeLimit: .zero).isComplete)
    }
  }

  @Test func theEventsOfAnActorAreFoundByTime() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let (reader, other) = (try #require(Self.adele.identity), try #require(Self.namesake.identity))
      for number in 0..<20 {
        clock.advance(by: .seconds(60))
        try await ledger.record([
          ServiceEvent.Content(number % 3 == 0 ? .export : .historyRead, actor: Self.adele),
          ServiceEvent.Content(.export, actor: Self.namesake), ServiceEvent.Content(.backup),
        ])
      }
      let all = try await ledger.history.oldestEvents(after: 0, upTo: .max, limit: 1000)
      let (since, until) = (all[15].activityDateTime, all[45].activityDateTime)
      for (actor, includesReads) in [(reader, true), (reader, false), (other, true), (other, false)] {
        for range in [
          TimeRange(), TimeRange(since: since), TimeRange(until: until), TimeRange(since: since, until: until),
        ] {
          let expected = all.filter { event in
            event.content.actor?.identity == actor && (includesReads || event.content.kind != .historyRead)
              && range.since.map { event.activityDateTime >= $0 } ?? true
              && range.until.map { event.activityDateTime < $0 } ?? true
          }
          var found: [ServiceEvent] = []
          while true {
            let page = try await ledger.history.events(
              of: actor,
              in: range,
              includesReads: includesReads,
              behind: found.last?.id,
              limit: 3
            )
            found += page
            if page.count < 3 { break }
          }
          #expect(found.map(\.id) == expected.map(\.id).reversed())
        }
      }
    }
  }
}
