import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// The work of forgetting, as a service among others.
struct RetentionTests {
  @Test(.timeLimit(.minutes(1))) func whatCannotGoYetKeepsNobodyFromEnding() async throws {
    try await withLedger { ledger, _ in
      let retention = Retention(ledger: ledger, logger: Logger(label: "test"))
      // Nobody signs, so that it waits.
      _ = try await ledger.append([.init(Sample.intent(before: .none, after: .none), .found)])
      let caller = Caller(actor: Sample.operatorActor, standing: .roles([.admin]))
      let actor = try #require(Sample.operatorActor.id)
      _ = try await retention.erase(actor, for: caller)
      let work = Task { try await retention.run() }
      try await Task.sleep(for: .milliseconds(100))

      work.cancel()

      try await work.value
    }
  }
}
