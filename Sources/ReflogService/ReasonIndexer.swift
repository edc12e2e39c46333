package import Logging
package import ReflogLedger
import ServiceLifecycle

/// Adds the reasons of new changes to the index of reasons in the background.
///
/// Changes never wait for the index. A search reads the changes that are not in the index yet in the ledger.
package struct ReasonIndexer: Service {
  /// The wait between two checks for new changes.
  private static let interval = Duration.milliseconds(500)
  /// While the index is built, the wait after each step is this many times as long as the step.
  private static let waitFactor = 3
  /// The wait after a step that failed, for example because the disk is full.
  private static let waitAfterFailure = Duration.seconds(30)

  private let ledger: Ledger
  private let logger: Logger

  /// Creates a service that adds the changes of this ledger to the ledger's index.
  package init(ledger: Ledger, logger: Logger) {
    self.ledger = ledger
    self.logger = logger
  }

  /// Adds new changes until the service stops.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      // The newest entry of the log when the index was last complete, or nil if the index was not complete yet.
      var indexed: Int64??
      while !Task.isCancelled {
        let newest = ledger.newestSequence
        let isComplete = indexed == .some(newest) && !ledger.isReasonIndexDamaged
        let wait = isComplete ? Self.interval : await step { indexed = .some(newest) }
        // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
        try? await Task.sleep(for: wait)
      }
    }
  }

  /// Adds the next changes, and returns the time to wait before the next step.
  ///
  /// - Parameter onComplete: Called if the index contains all changes.
  private func step(onComplete: () -> Void) async -> Duration {
    let start = ContinuousClock.now
    do {
      switch try await ledger.indexReasons() {
      case .more: return (ContinuousClock.now - start) * Self.waitFactor
      case .paused: return Self.interval
      case .upToDate:
        onComplete()
        return Self.interval
      }
    } catch {
      if !Task.isCancelled {
        logger.warning(
          "the index of reasons could not be written, so searches for reasons are slower",
          metadata: ["error": "\(error)"]
        )
      }
      return Self.waitAfterFailure
    }
  }
}
