import Foundation
import ReflogModel
import Synchronization

/// Keeps reads that nobody waits for below what the directory allows, and leaves room for those that somebody does.
///
/// Wait for it before a turn is taken: what waits for the pace must keep nobody else waiting.
package final class RateLimiter: Sendable {
  /// The longest that a `Retry-After` is obeyed: more would leave everything unverified for one wrong header.
  private static let longestPause = Duration.seconds(300)
  /// How long to wait where the directory asks for a pause and does not say how long.
  private static let usualPause = Duration.seconds(10)

  private let interval: Duration
  private let next = Mutex(ContinuousClock.now)

  /// - Parameter interval: between two reads, as the directory's limits want it.
  package init(interval: Duration) {
    self.interval = interval
  }

  /// Waits until so many more reads may be made.
  func wait(reads: Int = 1) async {
    let moment = next.withLock { next in
      let moment = max(next, ContinuousClock.now)
      next = moment + interval * reads
      return moment
    }
    // Ends early only when it is time to stop.
    try? await Task.sleep(until: moment, clock: .continuous)
  }

  /// Makes everybody pause where the directory asks for it.
  func heed(_ failure: DirectoryFailure) {
    guard case .refused(let refusal) = failure, refusal.httpStatus == 429 else { return }
    let pause = refusal.retryAfter.flatMap(Self.duration) ?? Self.usualPause
    let end = ContinuousClock.now + min(max(.zero, pause), Self.longestPause)
    next.withLock { $0 = max($0, end) }
  }

  /// A number of seconds, fractions included, or a date (RFC 9110 §10.2.3).
  private static func duration(_ retryAfter: String) -> Duration? {
    if let seconds = Double(retryAfter), seconds.isFinite { return .seconds(min(seconds, 86_400)) }
    return date(retryAfter).map { .seconds(min($0.timeIntervalSinceNow, 86_400)) }
  }

  /// An IMF-fixdate (RFC 9110 §5.6.7).
  private static func date(_ text: String) -> Date? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: text)
  }
}
