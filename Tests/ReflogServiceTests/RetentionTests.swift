import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ReflogTesting
import Testing

/// Tests of the purges and erasures that run in the background.
struct RetentionTests {
  private var logger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  @Test(.timeLimit(.minutes(1))) func anErasureThatFailsDoesNotDelayTheStop() async throws {
    try await withoutWaitingForOtherTests {
      try await withLedgerDatabase { ledger, database in
        let retention = Retention(ledger: ledger, logger: logger)
        try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        // Insert a retention policy that no entry of the log records. Because of this, each erasure fails until an
        // admin sets the policy again.
        try database.edit("INSERT INTO retention (id, days) VALUES (1, 30)")
        let caller = Caller(actor: Sample.operatorActor, credential: .roles([.admin]))
        let actor = try #require(Sample.operatorActor.id)
        _ = try await retention.erase(.actor(actor), for: caller)
        let work = Task { try await retention.run() }
        try await Task.sleep(for: .milliseconds(100))

        work.cancel()

        try await work.value
        #expect(try await ledger.unfinishedDeletions()?.erasures.count == 1)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func anErasureRunsInTheBackground() async throws {
    try await withoutWaitingForOtherTests {
      try await withLedger { ledger in
        let retention = Retention(ledger: ledger, logger: logger)
        try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        let caller = Caller(actor: Sample.operatorActor, credential: .roles([.admin]))
        let actor = try #require(Sample.operatorActor.id)
        let work = Task { try await retention.run() }

        _ = try await retention.erase(.actor(actor), for: caller)

        while try await ledger.unfinishedDeletions() != nil { try await Task.sleep(for: .milliseconds(5)) }
        work.cancel()
        try await work.value
        let change = try await ledger.history.change(Change.ID(1))
        #expect(change?.intent.reason == nil)
      }
    }
  }
}
