import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the exact text of errors that only a real request causes.
struct RefusedRequestMessageTests {
  @Test func theMessageContainsTheMissingConnector() throws {
    let id = try #require(Sample.fraudCheck.connectorID)

    #expect(
      ServiceError.connectorMissing(id).description == """
        The connector 3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01, which the step called before, does not exist any more. \
        Nothing was changed. Choose another connector.
        """
    )
  }

  @Test func aFullQueueIsReportedAsBusy() async throws {
    let locks = KeyedLock(limits: .init(perKey: 0, total: 10, wait: .seconds(60)))
    let lock = try await locks.take([.address(Sample.signup)])
    defer { lock.end() }

    let error = await #expect(throws: ServiceError.self) { _ = try await locks.take([.address(Sample.signup)]) }

    let text = "Too many requests wait for the same step or connector. Nothing was changed. Try again."
    #expect(error?.description == text)
  }

  @Test func aLongWaitIsReportedAsBusy() async throws {
    let locks = KeyedLock(limits: .init(perKey: 10, total: 10, wait: .milliseconds(20)))
    let lock = try await locks.take([.address(Sample.signup)])
    defer { lock.end() }

    let error = await #expect(throws: ServiceError.self) { _ = try await locks.take([.address(Sample.signup)]) }

    let text = "Earlier requests for the same step or connector took too long. Nothing was changed. Try again."
    #expect(error?.description == text)
  }

  @Test func aSecondBackupIsReportedAsBusy() async throws {
    try await withLedgerFile { ledger, _ in
      let events = EventRecorder(ledger: ledger, started: [], logger: Logger(label: "test"))
      let backups = Backups(ledger: ledger, events: events)
      let admin = Caller(actor: Sample.operatorActor, credential: .roles([.admin]))
      let first = try await backups.make(for: admin)

      let error = await #expect(throws: ServiceError.self) { _ = try await backups.make(for: admin) }

      #expect(error?.description == "Another backup is in progress. Nothing was changed. Try again.")
      #expect(first.byteCount > 0)
    }
  }

  @Test func theOutcomeOfARepeatIsUnknownIfTheRequestIsPending() async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { _ = try await fixture.service.perform(request) }
      fixture.directory.failReads(.unavailable(reason: "timeout"))

      let error = await #expect(throws: ServiceError.self) { _ = try await fixture.service.perform(request) }

      #expect(
        error?.description == """
          It is not known whether the change was applied: the first request with this Idempotency-Key is pending. The \
          change is recorded. Check its result later.
          """
      )
    }
  }

  @Test func theOutcomeOfARepeatIsUnknownIfTheRollbackIsPending() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { _ = try await fixture.rollBack(bad.id) }
      fixture.directory.failReads(.unavailable(reason: "timeout"))

      let error = await #expect(throws: ServiceError.self) { _ = try await fixture.rollBack(bad.id) }

      #expect(
        error?.description == """
          It is not known whether the change was applied: an earlier rollback of the same change is pending. The \
          change is recorded. Check its result later.
          """
      )
    }
  }

  @Test func aChangeIsNotSentIfItIsRecordedTooSlowly() async throws {
    let slow = ManualClock(movingBy: .seconds(21))
    try await withService(clock: slow, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let error = await #expect(throws: ServiceError.self) { _ = try await fixture.set(Sample.newVendor) }

      #expect(
        error?.description == """
          The change did not reach the directory: recording the change took too long, so Reflog did not send the \
          write. Nothing was changed. Try again.
          """
      )
    }
  }
}
