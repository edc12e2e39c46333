import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of a restoration whose read of the connector fails or may be stale.
struct RestorationReadTests {
  private static let good = "https://api.contoso.example/"
  private static let bad = "https://bad.example/"

  private let clock = ManualClock(movingBy: .seconds(1))

  /// Lets the directory show a connector with these values.
  private func show(_ url: String, name: String = "Fraud check", _ fixture: ServiceFixture) throws {
    let id = try #require(Sample.fraudCheck.connectorID)
    fixture.directory.changeWithoutReflog(DirectoryConnector(id: id, displayName: name, targetURL: url))
  }

  @Test func aStaleReadIsNoEditWithoutReflog() async throws {
    try await Sweeping.with(clock: clock, settleWindow: .seconds(60)) { sweeping in
      let fixture = sweeping.fixture
      _ = await sweeping.sweeper.sweep()
      let change = try await fixture.edit(["targetUrl": .string(Self.bad), "displayName": "Bad"])
      try show(Self.good, fixture)

      let made = try await fixture.restore(change.id)

      #expect(made.intent.kind == .update)
      #expect(made.id.number == change.id.number + 1)
      #expect(made.intent.before.displayName == "Bad")
      #expect(made.after.displayName == "Fraud check")
      // The write is recorded as a change of the newest recorded values, even though the read showed older values.
      let expected = [
        Change.ChangedProperty(name: "displayName", before: "Bad", after: "Fraud check"),
        Change.ChangedProperty(name: "targetUrl", before: Self.bad, after: Self.good),
      ]
      #expect(made.intent.changedProperties?.sorted { $0.name < $1.name } == expected)
      #expect(fixture.directory.writes.count == 2)
      clock.advance(by: .seconds(120))
      _ = await sweeping.sweeper.sweep()
      #expect(try await sweeping.changes().last { $0.intent.subject == .connector }?.id == made.id)
    }
  }

  @Test func aRestorationIsSentAgainIfTheReadShowsOtherValues() async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let change = try await fixture.edit(["targetUrl": .string(Self.bad)])
      let made = try await fixture.restore(change.id)
      try show(Self.bad, fixture)

      let again = try await fixture.restore(change.id)

      let expected = [Change.ChangedProperty(name: "targetUrl", before: Self.good, after: Self.good)]
      #expect(again.id.number == made.id.number + 1)
      #expect(again.intent.changedProperties == expected)
      #expect(fixture.directory.writes.count == 3)
      // Now the read shows the restored values, so the next repeated request sends nothing.
      #expect(try await fixture.restore(change.id).id == again.id)
      #expect(fixture.directory.writes.count == 3)
    }
  }

  /// The read shows that the name was edited without Reflog, but it may show an older value of another property.
  @Test(arguments: [true, false])
  func aReadThatMayBeStaleIsNotRecorded(isURLStale: Bool) async throws {
    try await Sweeping.with(clock: clock, settleWindow: .seconds(60)) { sweeping in
      let fixture = sweeping.fixture
      _ = await sweeping.sweeper.sweep()
      let change = try await fixture.edit(["targetUrl": .string(Self.bad)])
      let secret: Change? =
        isURLStale ? nil : try await fixture.edit(["authenticationConfiguration": .object(["password": "x"])])
      try show(isURLStale ? Self.good : Self.bad, name: "By hand", fixture)

      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }

      guard case .busy(let why) = refused else { Issue.record("\(String(describing: refused))"); return }
      #expect(why == "The connector was edited a moment ago, so a read may still show an older value.")
      #expect(try await sweeping.changes().last?.id == (secret ?? change).id)
      // After the settle window, the drift is recorded once, and it does not block the restoration.
      clock.advance(by: .seconds(120))
      try show(Self.bad, name: "By hand", fixture)
      let made = try await fixture.restore(change.id)
      clock.advance(by: .seconds(120))
      _ = await sweeping.sweeper.sweep()
      let drifts = try await sweeping.changes().filter { $0.intent.kind == .drift && $0.intent.subject == .connector }
      #expect(drifts.map { $0.intent.changedProperties?.map(\.name) } == [["displayName"]])
      #expect(drifts.first.map { $0.id < made.id } == true)
    }
  }

  @Test func aFrozenRestorationIsRefusedAndRecordedWithoutARead() async throws {
    try await withService(clock: clock) { fixture in
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      _ = try await fixture.set(Sample.fraudCheck)
      let change = try await fixture.edit(["targetUrl": .string(Self.bad)])
      let freeze = Freeze.Draft(scope: .address(Sample.signup), reason: "INC0042")
      _ = try await fixture.service.place(freeze, for: caller)
      fixture.directory.failReads(.unavailable(reason: "it does not answer"))

      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }

      guard case .frozen(let ids, _) = refused, let denied = ids.first else {
        Issue.record("\(String(describing: refused))")
        return
      }
      #expect(try await HistoryService(history: fixture.history).change(denied).result == .denied)
    }
  }
}

extension ServiceFixture {
  /// Edits the connector `fraudCheck`, and returns the change.
  func edit(_ body: JSONObject) async throws -> Change {
    let id = try #require(Sample.fraudCheck.connectorID)
    return try #require(try await service.perform(request(.updateConnector(id, body))).changes.first)
  }

  /// Restores the values before an edit, and returns the change that restored them.
  func restore(_ id: Change.ID, permitting later: RollbackRule.LaterChanges = .none) async throws -> Change {
    let caller = request(.deleteConnector(try #require(Sample.fraudCheck.connectorID))).caller
    let action = try await service.update(restoring: id, permitting: later, for: caller)
    return try #require(try await service.perform(request(action)).changes.first)
  }
}
