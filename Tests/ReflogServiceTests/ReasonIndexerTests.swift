import Logging
import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogService

/// Tests of the pauses before a damaged index of reasons is built again.
struct ReasonIndexerTests {
  @Test func thePauseDoublesWithEachDamageAndEndsAfterADayWithoutDamage() {
    var (damage, now) = (RepeatedDamage(), ContinuousClock.now)
    let pauses = (0..<9).map { _ in
      now += .seconds(3700)
      return damage.pause(at: now)
    }
    #expect(pauses == [0, 60, 120, 240, 480, 960, 1920, 3600, 3600].map(Duration.seconds))
    #expect(damage.count == 9)
    now += .seconds(25 * 3600)
    #expect(damage.pause(at: now) == .zero)
    #expect(damage.pause(at: now) == .seconds(60))
    #expect(damage.count == 2)
  }

  @Test func theStatusReportsAnIndexThatWasDamagedAgain() async throws {
    try await withTemporaryFolder { folder in
      let (thread, clock) = (WriterThread(), ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000)))
      let (ledger, storage) = try await openLedger(in: folder, thread: thread, clock: clock)
      try await running(thread, storage) {
        let indexer = ReasonIndexer(ledger: ledger, logger: Logger(label: "test"))
        #expect(indexer.warnings.isEmpty)
        #expect(indexer.pauseAfterDamage() == .zero)
        #expect(indexer.warnings.isEmpty)
        clock.advance(by: .seconds(5))

        #expect(indexer.pauseAfterDamage() == .seconds(60))

        #expect(
          indexer.warnings == [
            "The index of reasons was damaged 2 times, most recently at \(ledger.now). Reflog builds it again after "
              + "\(ledger.now.before(.seconds(-60))). Until then, searches for reasons are slower. Check the disk."
          ]
        )
      }
    }
  }
}
