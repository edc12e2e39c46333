package import ReflogModel
import Synchronization

/// A clock for tests. A test advances the clock, and each read moves the clock by a fixed step.
package final class ManualClock: Sendable {
  /// The default start time: 2026-11-23T09:15:02.123456Z.
  package static let start = Timestamp(microseconds: 1_795_425_302_123_456)

  private let current: Mutex<Timestamp>

  /// The time by which the clock moves at each read.
  private let step: Duration

  /// Creates a clock.
  ///
  /// - Parameters:
  ///   - moment: The start time.
  ///   - step: The time by which the clock moves at each read.
  package init(at moment: Timestamp = start, movingBy step: Duration = .zero) {
    current = Mutex(moment)
    self.step = step
  }

  /// A function that reads the clock.
  package var read: WallClock {
    {
      self.advance(by: self.step)
      return self.current.withLock { $0 }
    }
  }

  /// Moves the clock forward, or backward if the duration is negative.
  package func advance(by duration: Duration) {
    let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    current.withLock { $0 = Timestamp(microseconds: $0.microseconds + microseconds) }
  }
}
