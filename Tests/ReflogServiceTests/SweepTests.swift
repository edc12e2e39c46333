import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the changes that a sweep records.
struct SweepTests {
  private let clock = ManualClock()

  private func withSweeper(
    settleWindow: Duration = .zero,
    _ body: (Sweeping) async throws -> Void
  ) async throws {
    try await Sweeping.with(clock: clock, settleWindow: settleWindow, body)
  }

  @Test func aReferenceIsABaselineWhenItIsReadForTheFirstTime() async throws {
    try await withSweeper { sweeping in
      await #expect(sweeping.sweeper.sweep())
      await #expect(sweeping.sweeper.sweep())

      let changes = try await sweeping.changes()
      #expect(changes.map(\.intent.kind) == [.baseline])
      #expect(changes.first?.intent.before == .unknown)
      #expect(changes.first?.after == Sample.fraudCheck)
    }
  }

  @Test func aReferenceAtAStepThatWasEmptyIsDrift() async throws {
    try await withSweeper { sweeping in
      await #expect(sweeping.sweeper.sweep())
      let seen = clock.read()
      clock.advance(by: .seconds(60))
      sweeping.fixture.directory.changeWithoutReflog(Sample.attributes, Sample.newVendor)

      await #expect(sweeping.sweeper.sweep())

      let drift = try await sweeping.changes().last
      #expect(drift?.intent.kind == .drift)
      #expect(drift?.intent.before == ConnectorReference.none)
      #expect(drift?.after == Sample.newVendor)
      #expect(drift?.intent.lastVerifiedDateTime == seen)
    }
  }

  @Test func aRecentChangeIsCheckedOnlyAfterItsWindow() async throws {
    try await withSweeper(settleWindow: .seconds(60)) { sweeping in
      _ = try await sweeping.fixture.set(Sample.newVendor)
      sweeping.fixture.directory.readStale(Sample.signup, Sample.fraudCheck)
      clock.advance(by: .seconds(59))

      await #expect(sweeping.sweeper.sweep())
      await sweeping.sweeper.checkWatched()
      let early = try await sweeping.changes()
      clock.advance(by: .seconds(2))
      await sweeping.sweeper.checkWatched()

      #expect(early.map(\.intent.kind) == [.update])
      let drift = try await sweeping.changes().last
      #expect(drift?.intent.kind == .drift)
      #expect(drift?.outcome?.code == "notKept")
      #expect(drift?.outcome?.message == "The step again has the reference from before change 1.")
    }
  }

  @Test func aDriftIsRecordedOnceDespiteStaleReads() async throws {
    try await withSweeper(settleWindow: .seconds(60)) { sweeping in
      await #expect(sweeping.sweeper.sweep())
      clock.advance(by: .seconds(100))
      sweeping.fixture.directory.changeWithoutReflog(Sample.signup, Sample.newVendor)
      await #expect(sweeping.sweeper.sweep())
      // The directory returns the old reference again. This can happen if the directory has several servers, and one of
      // these servers has not received the drift yet.
      sweeping.fixture.directory.readStale(Sample.signup, Sample.fraudCheck)

      await #expect(sweeping.sweeper.sweep())
      let next = try await sweeping.fixture.set(.none)

      let kinds = try await sweeping.changes().map(\.intent.kind)
      #expect(kinds == [.baseline, .drift, .update])
      #expect(next.intent.before == Sample.newVendor)
    }
  }

  @Test func aPendingChangeIsLeftToTheReconciler() async throws {
    try await withSweeper(settleWindow: .seconds(60)) { sweeping in
      sweeping.fixture.directory.react(.applyAndLoseAnswer)
      await #expect(throws: ServiceError.self) { try await sweeping.fixture.set(Sample.newVendor) }
      clock.advance(by: .seconds(1000))

      await #expect(sweeping.sweeper.sweep())

      let results = try await sweeping.changes().map(\.result)
      #expect(results == [.pending])
    }
  }

  @Test func ifTheDirectoryCannotBeReadNoStepIsVerified() async throws {
    try await withSweeper { sweeping in
      sweeping.fixture.directory.failReads(.unavailable(reason: "timeout"))

      await #expect(!sweeping.sweeper.sweep())

      let before = try await sweeping.fixture.history.status().verified
      sweeping.fixture.directory.failReads(nil)
      await #expect(sweeping.sweeper.sweep())
      let after = try await sweeping.fixture.history.status().verified
      #expect(before == nil)
      #expect(after == clock.read())
    }
  }

  @Test func deniedRequestsDoNotHideARecentChange() async throws {
    try await withSweeper(settleWindow: .seconds(60)) { sweeping in
      _ = try await sweeping.fixture.set(Sample.newVendor)
      for _ in 0..<300 {
        await #expect(throws: ServiceError.self) { try await sweeping.fixture.set(.none, as: .reader) }
      }
      sweeping.fixture.directory.readStale(Sample.signup, Sample.fraudCheck)

      let next = try await sweeping.fixture.set(.none)

      #expect(next.intent.before == Sample.newVendor)
      let drifts = try await sweeping.changes().filter { $0.intent.kind == .drift }
      #expect(drifts.isEmpty)
    }
  }

  @Test func aSweepRecordsEveryChangeOfAnAuthenticationAsDrift() async throws {
    try await withSweeper { sweeping in
      let id = try #require(Sample.newVendor.connectorID)
      for kind in [nil, "basicAuthentication", nil, "clientCertificateAuthentication"] {
        sweeping.fixture.directory.changeWithoutReflog(
          DirectoryConnector(id: id, displayName: "Vendor", targetURL: "https://a.example/", authentication: kind)
        )
        await #expect(sweeping.sweeper.sweep())
        clock.advance(by: .seconds(1))
      }

      let drifts = try await sweeping.changes().filter { $0.intent.kind == .drift }
      #expect(drifts.count == 3)
    }
  }

  @Test func aConnectorThatIsEditedWithoutReflogIsDrift() async throws {
    try await withSweeper { sweeping in
      await #expect(sweeping.sweeper.sweep())
      let id = try #require(Sample.newVendor.connectorID)
      let edit: JSONObject = ["displayName": "Renamed"]
      _ = try await sweeping.fixture.service.perform(sweeping.fixture.request(.updateConnector(id, edit)))
      clock.advance(by: .seconds(1))
      sweeping.fixture.directory.changeWithoutReflog(
        DirectoryConnector(id: id, displayName: "Renamed", targetURL: "https://evil.example/?k")
      )

      await #expect(sweeping.sweeper.sweep())
      await #expect(sweeping.sweeper.sweep())

      let drifts = try await sweeping.changes().filter { $0.intent.kind == .drift }
      #expect(drifts.count == 1)
      #expect(
        drifts.first?.intent.changedProperties == [
          Change.ChangedProperty(
            name: "targetUrl",
            before: "https://api.contoso.example/",
            after: "https://evil.example/?…"
          )
        ]
      )
    }
  }
}
