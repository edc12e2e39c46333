import ReflogModel
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogLedger

/// Tests of the report about changes that were made without Reflog at frozen steps.
struct FrozenDriftTests {
  /// A ledger and its reports about drift. Each report has the form `CHANGE FREEZE`, with `?` at the end if it is not
  /// certain.
  private struct Reports {
    let ledger: Ledger
    let reported: @Sendable () -> [String]

    /// Records a drift at an address. `lastRead` is the time of the last read that showed the earlier reference, or nil
    /// if there was no such read.
    func record(_ kind: Change.Kind = .drift, at address: Address = Sample.signup, lastRead: Timestamp?) async throws {
      let intent = Change.Intent(
        subject: .step(address),
        kind: kind,
        before: .none,
        after: Sample.newVendor,
        actor: .unknown,
        requestID: "request",
        lastVerifiedDateTime: lastRead
      )
      try await ledger.record(intent, .found)
    }

    /// Records a drift of a connector.
    func record(
      of connector: ConnectorReference,
      lastRead: Timestamp?,
      after: ConnectorReference? = nil
    ) async throws {
      let intent = Change.Intent(
        subject: .connector,
        kind: .drift,
        before: connector,
        after: after ?? connector,
        actor: .unknown,
        requestID: "request",
        lastVerifiedDateTime: lastRead
      )
      try await ledger.record(intent, .found)
    }

    /// Records that the sign-up step was set to another connector.
    func point(from before: ConnectorReference, to after: ConnectorReference) async throws {
      try await ledger.record(Sample.intent(before: before, after: after), .found)
    }

    /// Freezes the sign-up step.
    func freeze(until end: Timestamp? = nil) async throws -> Freeze {
      let draft = Freeze.Draft(scope: .address(Sample.signup), reason: "x", until: end)
      return try #require(try await ledger.place(draft, by: Sample.operatorActor).freeze)
    }
  }

  /// Calls `body` with a ledger. If `restarting` is not nil, closes the ledger, opens it again, and calls `restarting`.
  private func withReports(
    clock: ManualClock,
    settleWindow: Duration = .zero,
    _ body: @escaping (Reports) async throws -> Void,
    restarting: ((Reports) async throws -> Void)? = nil
  ) async throws {
    try await withTemporaryFolder { folder in
      let log = Mutex<[String]>([])
      for body in [body, restarting].compactMap(\.self) {
        let storage = try Storage(path: folder + "/reflog.sqlite", kind: .ledger)
        let thread = WriterThread()
        let ledger = try Ledger(
          store: SQLiteLedger(storage),
          thread: thread,
          directory: .embedded,
          tenantID: "tenant",
          settleWindow: settleWindow,
          clock: clock.read,
          onFrozenDrift: { drift, freeze, isCertain in
            log.withLock { $0.append("\(drift.id) \(freeze.id)\(isCertain ? "" : "?")") }
          }
        )
        ledger.signers.add(try await Sample.signingKey(of: ledger))
        try await running(thread, storage) {
          try await body(Reports(ledger: ledger, reported: { log.withLock { $0 } }))
        }
      }
    }
  }

  /// The freeze began 10 seconds earlier than the last read.
  @Test(arguments: [(10, "1 1"), (11, "1 1?")])
  func aDriftIsNotCertainIfTheLastReadMayBeStale(settleWindow: Int, report: String) async throws {
    let clock = ManualClock()
    try await withReports(clock: clock, settleWindow: .seconds(settleWindow)) { it in
      _ = try await it.freeze()
      clock.advance(by: .seconds(10))
      try await it.record(lastRead: clock.read())

      #expect(it.reported() == [report])
    }
  }

  @Test func onlyDriftAtAFrozenStepIsReported() async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      let freeze = try await it.freeze()
      clock.advance(by: .seconds(10))
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      try await it.record(at: Sample.attributes, lastRead: lastRead)
      try await it.record(.baseline, lastRead: nil)
      try await it.record(lastRead: lastRead)

      #expect(it.reported() == ["3 \(freeze.id)"])
    }
  }

  /// The step has called the connector since before the freeze began.
  @Test(arguments: [Sample.newVendor, .none])
  func driftOfTheConnectorThatAFrozenStepCallsIsReported(after: ConnectorReference) async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      try await it.point(from: .none, to: Sample.newVendor)
      clock.advance(by: .seconds(10))
      let freeze = try await it.freeze()
      clock.advance(by: .seconds(10))
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      try await it.record(of: Sample.fraudCheck, lastRead: lastRead)
      try await it.record(of: Sample.newVendor, lastRead: lastRead, after: after)
      try await it.record(of: Sample.newVendor, lastRead: nil, after: after)

      #expect(it.reported() == ["3 \(freeze.id)", "4 \(freeze.id)?"])
    }
  }

  /// The step stopped calling the connector before the drift of the connector was found. If the step stopped after the
  /// last read of the connector, the connector was possibly changed while the step still called it.
  @Test(arguments: [(isLater: true, report: ["3 1?"]), (isLater: false, report: [])])
  func driftOfAConnectorIsComparedWithItsCallersAtThatTime(isLater: Bool, report: [String]) async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      try await it.point(from: .none, to: Sample.newVendor)
      _ = try await it.freeze()
      clock.advance(by: .seconds(10))
      if !isLater { try await it.point(from: Sample.newVendor, to: Sample.fraudCheck) }
      clock.advance(by: .seconds(10))
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      if isLater { try await it.point(from: Sample.newVendor, to: Sample.fraudCheck) }
      clock.advance(by: .seconds(10))
      try await it.record(of: Sample.newVendor, lastRead: lastRead)

      #expect(it.reported() == report)
    }
  }

  /// The intent to change the step is recorded before the last read of the connector. If the change is applied after
  /// this read, the step called the connector until the change was applied.
  @Test(arguments: [(isLater: true, report: ["4 1?"]), (isLater: false, report: [])])
  func driftOfAConnectorIsComparedWithTheTimeAtWhichAChangeWasApplied(isLater: Bool, report: [String]) async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      try await it.point(from: .none, to: Sample.newVendor)
      try await it.point(from: Sample.newVendor, to: Sample.newVendor)
      let pending = try await it.ledger.record(Sample.intent(before: Sample.newVendor, after: .none), .intended)
      _ = try await it.freeze()
      clock.advance(by: .seconds(10))
      if !isLater { try await it.ledger.settle(pending) }
      clock.advance(by: .seconds(10))
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      if isLater { try await it.ledger.settle(pending) }
      try await it.record(of: Sample.newVendor, lastRead: lastRead)

      #expect(it.reported() == report)
    }
  }

  /// The step began to call the connector only after the last read of the connector.
  @Test func driftOfAConnectorThatAFrozenStepCallsOnlySinceThenIsReportedAsPossible() async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      let freeze = try await it.freeze()
      clock.advance(by: .seconds(10))
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      try await it.point(from: .none, to: Sample.newVendor)
      try await it.record(of: Sample.newVendor, lastRead: lastRead)

      #expect(it.reported() == ["2 \(freeze.id)?"])
    }
  }

  /// The change may have been made earlier than the freeze began.
  @Test func aDriftThatIsPossiblyOlderThanTheFreezeIsReportedAsPossible() async throws {
    let clock = ManualClock()
    try await withReports(clock: clock) { it in
      let lastRead = clock.read()
      clock.advance(by: .seconds(10))
      let freeze = try await it.freeze()
      clock.advance(by: .seconds(10))
      try await it.record(lastRead: lastRead)

      #expect(it.reported() == ["1 \(freeze.id)?"])
    }
  }

  /// A sweep finds the change only after the freeze has ended. The result is the same if the server was restarted
  /// between the end and the sweep.
  @Test(arguments: [false, true], [false, true])
  func aDriftThatIsFoundAfterTheFreezeIsReported(isReleased: Bool, isRestarted: Bool) async throws {
    let clock = ManualClock()
    let lastRead = Mutex(clock.read())
    func find(_ it: Reports) async throws {
      try await it.record(lastRead: lastRead.withLock { $0 })
      #expect(it.reported() == ["1 1?"])
    }
    try await withReports(clock: clock) { it in
      let freeze = try await it.freeze(until: isReleased ? nil : clock.read().before(.seconds(-20)))
      clock.advance(by: .seconds(10))
      lastRead.withLock { $0 = clock.read() }
      clock.advance(by: .seconds(10))
      if isReleased { _ = try await it.ledger.releaseFreeze(freeze.id, by: Sample.operatorActor) }
      clock.advance(by: .seconds(10))
      // A freeze of another step changes the set of freezes in memory.
      let other = Freeze.Draft(scope: .address(Sample.attributes), reason: "x")
      _ = try await it.ledger.place(other, by: Sample.operatorActor)
      if !isRestarted { try await find(it) }
    } restarting: { it in
      if isRestarted { try await find(it) }
    }
  }
}
