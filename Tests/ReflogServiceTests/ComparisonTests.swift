import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the comparison of the references at two times, and of the list of connectors.
struct ComparisonTests {
  /// The deletion of the connector "Fraud check".
  private static let deletion = Change.Intent(
    subject: .connector,
    kind: .update,
    before: Sample.fraudCheck,
    after: .none,
    actor: Sample.operatorActor,
    requestID: "request"
  )

  private static let edited = Sample.address("b2cUserFlows/B2C_1_edit/postFederationSignup")

  /// Records a change one minute after the previous change. Returns the time at which the new change was settled.
  private func record(_ intent: Change.Intent, in ledger: Ledger, _ clock: ManualClock) async throws -> Timestamp {
    clock.advance(by: .seconds(60))
    let change = try await ledger.record(intent, .found)
    return change.newestDateTime
  }

  private func edit(of connector: ConnectorReference, _ before: String, _ after: String) -> Change.Intent {
    Change.Intent(
      subject: .connector,
      kind: .update,
      before: connector,
      after: connector,
      changedProperties: [Change.ChangedProperty(name: "targetUrl", before: before, after: after)],
      actor: Sample.operatorActor,
      requestID: "request"
    )
  }

  @Test func theComparisonHasOnlyWhatDiffersBetweenTheTwoTimes() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let history = HistoryService(history: ledger.history)
      _ = try await record(Sample.intent(before: .none, after: Sample.newVendor), in: ledger, clock)
      let first = try await record(
        Sample.intent(before: .none, after: Sample.fraudCheck, at: Self.edited),
        in: ledger,
        clock
      )
      let url = (a: "https://a.example", b: "https://b.example", c: "https://c.example")
      _ = try await record(edit(of: Sample.fraudCheck, url.a, url.b), in: ledger, clock)
      _ = try await record(Sample.intent(before: Sample.newVendor, after: .none), in: ledger, clock)
      let second = try await record(
        Sample.intent(before: .none, after: Sample.fraudCheck, at: Sample.attributes),
        in: ledger,
        clock
      )
      let later = try await record(edit(of: Sample.fraudCheck, url.b, url.c), in: ledger, clock)

      let found = try await history.comparison(from: first, to: second)

      #expect(found.comparedCount == 3)
      let byAddress = Dictionary(found.differences.map { ($0.address, $0) }) { known, _ in known }
      #expect(byAddress.count == found.differences.count)
      #expect(
        byAddress.mapValues(\.kind) == [
          Sample.signup: .reference, Sample.attributes: .unknown, Self.edited: .connector,
        ]
      )
      #expect(byAddress[Sample.signup]?.before?.reference == Sample.newVendor)
      #expect(byAddress[Sample.signup]?.after.reference == ConnectorReference.none)
      #expect(byAddress[Sample.signup]?.change?.id == Change.ID(4))
      #expect(
        byAddress[Self.edited]?.summary
          == "Fraud check was edited in between (change 3): targetUrl https://a.example → https://b.example"
      )
      #expect(byAddress[Self.edited]?.change?.id == Change.ID(3))
      #expect(try await history.comparison(from: second, to: second).differences.isEmpty)
      let last = try await history.comparison(from: second, to: later)
      #expect(last.differences.map(\.kind) == [.connector, .connector])
      #expect(last.filtered { $1.address == Self.edited }.differences.count == 1)
      #expect(last.filtered { $1.address == Self.edited }.comparedCount == 1)
      #expect(found.differences.map(\.address) == [Self.edited, Sample.attributes, Sample.signup])
      #expect(found.differences(behind: Self.edited).map(\.address) == [Sample.attributes, Sample.signup])
      let unlisted = Sample.address("b2cUserFlows/B2C_1_reset/postFederationSignup")
      #expect(found.differences(behind: unlisted).map(\.address) == [Sample.attributes, Sample.signup])
    }
  }

  @Test func aComparisonWithTheCurrentReferencesHasChangesThatAreLaterThanTheClock() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let history = HistoryService(history: ledger.history)
      let first = try await record(Sample.intent(before: .none, after: Sample.newVendor), in: ledger, clock)
      clock.advance(by: .seconds(3_000_000_000))
      let later = try await record(Sample.intent(before: Sample.newVendor, after: .none), in: ledger, clock)

      let found = try await history.comparison(from: first, to: .distantFuture)

      #expect(found.differences.map(\.kind) == [.reference])
      #expect(found.second == later)
    }
  }

  /// Returns the connectors of the ledger whose name, id or target URL contains a text.
  private func listed(_ history: HistoryService, _ search: String) async throws -> [ListedConnector] {
    let request = ConnectorListRequest(search: search, isUnusedOnly: false, behind: nil, size: 10)
    return try await history.connectors(request, embedded: nil).connectors
  }

  @Test func theListHasTheNewestNamesAndTargetURLsOfRealConnectors() async throws {
    let clock = ManualClock()
    try await withLedger(of: .graph, clock: clock) { ledger in
      let history = HistoryService(history: ledger.history)
      func list(_ search: String = "") async throws -> [ListedConnector] { try await listed(history, search) }
      let id = try #require(Sample.fraudCheck.connectorID)
      func read(_ name: String, _ url: String, entry: Int64) async throws {
        let connector = DirectoryConnector(id: id, displayName: name, targetURL: url)
        try await ledger.remember([.connector(connector, entry: entry)])
      }
      // -1 means that the read began before the first entry, which has the sequence 0.
      try await read("Old name", "https://a.example", entry: -1)
      #expect(try await list().map(\.displayName) == ["Old name"])

      _ = try await record(edit(of: Sample.fraudCheck, "https://a.example", "https://b.example"), in: ledger, clock)
      #expect(try await list().map(\.displayName) == ["Fraud check"])
      #expect(try await list().map(\.targetURL) == ["https://b.example"])
      #expect(try await list("old").isEmpty)
      #expect(try await list("a.example").isEmpty)
      #expect(try await list("b.example").map(\.id) == [id])
      #expect(try await ledger.history.names(of: [id]) == [id: "Fraud check"])

      try await read("Newer name", "https://b.example", entry: 1000)
      #expect(try await list().map(\.displayName) == ["Newer name"])
      #expect(try await ledger.history.names(of: [id]) == [id: "Newer name"])

      // A denied request can contain any id.
      let other = edit(of: Sample.newVendor, "https://c.example", "https://d.example")
      try await ledger.record(other, .denied)
      #expect(try await list().map(\.id) == [id])
      try await ledger.record(other, .intended)
      let sent = try await list()
      #expect(Set(sent.map(\.id)) == Set([id, Sample.newVendor.connectorID].compactMap(\.self)))

      // A deleted connector is not listed, even if the last read of the directory still showed it.
      _ = try await record(Self.deletion, in: ledger, clock)
      #expect(try await list().map(\.id) == [Sample.newVendor.connectorID])
    }
  }

  @Test func aConnectorThatNoStepCallsIsInTheListOfUnusedConnectors() async throws {
    let clock = ManualClock()
    try await withLedger(of: .graph, clock: clock) { ledger in
      let history = HistoryService(history: ledger.history)
      func list(
        _ search: String = "",
        unused: Bool = false,
        behind: ConnectorListPosition? = nil,
        size: Int = 10
      ) async throws -> ConnectorListPage {
        let request = ConnectorListRequest(search: search, isUnusedOnly: unused, behind: behind, size: size)
        return try await history.connectors(request, embedded: nil)
      }
      _ = try await record(Sample.intent(before: .none, after: Sample.newVendor), in: ledger, clock)
      _ = try await record(edit(of: Sample.fraudCheck, "https://a.example", "https://b.example"), in: ledger, clock)

      let all = try await list()
      #expect(all.connectors.map(\.id) == [Sample.fraudCheck, Sample.newVendor].compactMap(\.connectorID))
      #expect(all.connectors.map(\.callerCount) == [0, 1])
      #expect(all.connectors.map(\.callers) == [[], [ListedConnector.Caller(Sample.signup, isRecorded: true)]])
      #expect(all.connectors.map(\.targetURL) == ["https://b.example", nil])
      #expect(all.connectors.map { $0.newest?.id } == [Change.ID(2), nil])
      #expect(try await list(unused: true).connectors.map(\.id) == [Sample.fraudCheck.connectorID])
      #expect(try await list("VENDOR").connectors.map(\.id) == [Sample.newVendor.connectorID])
      #expect(try await list("VENDOR", unused: true).count == 0)

      let page = try await list(size: 1)
      #expect(page.next?.id == Sample.fraudCheck.connectorID?.text && page.count == 2 && page.total == 2)
      let rest = try await list(behind: page.next, size: 1)
      #expect(rest.connectors.map(\.id) == [Sample.newVendor.connectorID] && rest.next == nil)

      // The next page begins at the same position if the last connector of the page is no longer listed.
      let missing = ConnectorListPosition(name: "Fraud check", id: "zzz")
      #expect(try await list(behind: missing).connectors.map(\.id) == [Sample.newVendor.connectorID])

      // A deleted connector is listed only if a step still calls it.
      _ = try await record(Self.deletion, in: ledger, clock)
      #expect(try await list().connectors.map(\.id) == [Sample.newVendor.connectorID])
    }
  }
}
