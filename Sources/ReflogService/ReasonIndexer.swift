package import Logging
package import ReflogLedger
import ReflogModel
import ServiceLifecycle
import Synchronization

/// Adds the reasons of new changes to the index of reasons in the background.
///
/// Changes never wait for the index. If a change is not in the index yet, a search reads the change from the ledger.
package final class ReasonIndexer: Service {
  /// The wait between two checks for new changes.
  private static let interval = Duration.milliseconds(500)
  /// While the index is built, the wait after each step is this many times as long as the step.
  private static let waitFactor = 3
  /// The wait after a step that failed, for example because the disk is full.
  private static let waitAfterFailure = Duration.seconds(30)

  private let ledger: Ledger
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var damage = RepeatedDamage()
    /// When the index was last found damaged, and when it is built again.
    var rebuilding: (damaged: Timestamp, start: Timestamp)?
    /// The error of the newest step, or nil if the step succeeded.
    var failure: String?
  }

  /// Creates a service that adds the changes of this ledger to the ledger's index.
  package init(ledger: Ledger, logger: Logger) {
    self.ledger = ledger
    self.logger = logger
  }

  /// The warnings for the administrator.
  package var warnings: [String] {
    state.withLock { state in
      if let failure = state.failure {
        return ["The index of reasons can't be written, so searches for reasons are slower: \(failure)."]
      }
      guard let rebuilding = state.rebuilding, state.damage.count > 1 else { return [] }
      return [
        """
        The index of reasons was damaged \(state.damage.count) times, most recently at \(rebuilding.damaged). Reflog \
        builds it again after \(rebuilding.start). Until then, searches for reasons are slower. Check the disk.
        """
      ]
    }
  }

  /// Adds new changes until the service stops.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      // The sequence of the newest entry of the log at the time when the index was last complete, or nil if the index
      // is not complete.
      var indexed: Int64??
      while !Task.isCancelled {
        let newest = self.ledger.newestSequence
        let isComplete = indexed == .some(newest) && !self.ledger.isReasonIndexDamaged
        var wait = Self.interval
        if !isComplete {
          indexed = nil
          wait = await self.step { indexed = .some(newest) }
        }
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
      let progress = try await ledger.indexReasons()
      state.withLock { $0.failure = nil }
      switch progress {
      case .more: return (ContinuousClock.now - start) * Self.waitFactor
      case .paused: return Self.interval
      case .upToDate:
        onComplete()
        return Self.interval
      case .damaged: return pauseAfterDamage()
      }
    } catch {
      if !Task.isCancelled {
        state.withLock { $0.failure = "\(error)" }
        logger.warning(
          "the index of reasons could not be written, so searches for reasons are slower",
          metadata: ["error": "\(error)"]
        )
      }
      return Self.waitAfterFailure
    }
  }

  /// Reports that the index was damaged, and returns the time to wait before the index is built again.
  func pauseAfterDamage() -> Duration {
    let now = ledger.now
    let (pause, count) = state.withLock { state in
      let pause = state.damage.pause(at: .now)
      state.rebuilding = (now, now.before(.zero - pause))
      return (pause, state.damage.count)
    }
    logger.warning(
      "the index of reasons is damaged and is built again, so searches for reasons are slower",
      metadata: ["times": "\(count)", "pause": "\(pause)"]
    )
    return pause
  }
}

/// The pauses before a damaged file is built again.
///
/// After the first damage, there is no pause. If the file is damaged again, the disk is probably faulty. Building the
/// file again would then only cost time. So the pause doubles each time.
struct RepeatedDamage {
  private static let firstPause = Duration.seconds(60)
  private static let longestPause = Duration.seconds(3600)
  /// If the last damage is older than this time, the next damage counts as the first.
  private static let memory = Duration.seconds(24 * 3600)

  /// How many times the file was damaged.
  private(set) var count = 0
  private var last: ContinuousClock.Instant?

  /// Counts a damage, and returns the pause before the file is built again.
  mutating func pause(at now: ContinuousClock.Instant) -> Duration {
    if let last, now - last > Self.memory { count = 0 }
    last = now
    count += 1
    guard count > 1 else { return .zero }
    return min(Self.firstPause * (1 << min(count - 2, 16)), Self.longestPause)
  }
}
