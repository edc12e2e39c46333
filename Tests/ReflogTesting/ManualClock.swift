package import ReflogModel
import Synchronization

/// A clock that moves only when it is told to, or by so much whenever it is read.
package final class ManualClock: Sendable {
  /// 2026-11-23T09:15:02.123456Z.
  package static let start = Timestamp(microseconds: 1_795_425_302_123_456)

  private let current: Mutex<Timestamp>

  private let pace: Duration

  package init(at moment: Timestamp = start, movingBy pace: Duration = .zero) {
    current = Mutex(moment)
    self.pace = pace
  }

  package var read: WallClock {
    {
      self.advance(by: self.pace)
      return self.current.withLock { $0 }
    }
  }

  package func advance(by duration: Duration) {
    let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    current.withLock { $0 = Timestamp(microseconds: $0.microseconds + microseconds) }
  }
}
