import Foundation
import ReflogModel
import Synchronization

/// Limits the rate of background reads, so that the directory's own limits leave room for requests.
///
/// Wait for it before you take a lock. Otherwise requests for that lock wait for the rate limit too.
package final class RateLimiter: Sendable {
  /// The longest `Retry-After` that is obeyed: one wrong header must not stop verification for longer.
  private static let longestPause = Duration.seconds(300)
  /// How long to pause if the directory asks for a pause and does not give its length.
  private static let usualPause = Duration.seconds(10)

  private let interval: Duration
  private let next = Mutex(ContinuousClock.now)

  /// Creates a rate limiter.
  ///
  /// - Parameter interval: the time between two reads.
  package init(interval: Duration) {
    self.interval = interval
  }

  /// Waits until this many reads may be made.
  func wait(reads: Int = 1) async {
    let moment = next.withLock { next in
      let moment = max(next, ContinuousClock.now)
      next = moment + interval * reads
      return moment
    }
    // Ends early only when the service stops.
    try? await Task.sleep(until: moment, clock: .continuous)
  }

  /// Pauses all background reads if the directory asks for that (429).
  func heed(_ failure: DirectoryFailure) {
    guard case .refused(let refusal) = failure, refusal.httpStatus == 429 else { return }
    let pause = refusal.retryAfter.flatMap(Self.duration) ?? Self.usualPause
    let end = ContinuousClock.now + min(max(.zero, pause), Self.longestPause)
    next.withLock { $0 = max($0, end) }
  }

  /// Reads a `Retry-After` header: a number of seconds, fractions included, or a date (RFC 9110 §10.2.3).
  private static func duration(_ retryAfter: String) -> Duration? {
    if let seconds = Double(retryAfter), seconds.isFinite { return .seconds(min(seconds, 86_400)) }
    return date(retryAfter).map { .seconds(min($0.timeIntervalSinceNow, 86_400)) }
  }

  /// Reads an IMF-fixdate (RFC 9110 §5.6.7).
  private static func date(_ text: String) -> Date? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: text)
  }
}
