import Foundation
import ReflogModel
import Synchronization

/// Limits the rate of background reads.
///
/// The directory accepts only a limited number of requests from Reflog. The limit on background reads leaves enough
/// requests for callers. Wait for the rate limiter before you take a lock. Otherwise the requests that wait for the
/// lock are delayed too.
package final class RateLimiter: Sendable {
  /// The maximum pause, even if the header `Retry-After` requests a longer pause.
  ///
  /// With this maximum, a wrong header can't stop the background reads for a long time.
  private static let longestPause = Duration.seconds(300)
  /// The pause if the directory requests a pause without a length.
  private static let usualPause = Duration.seconds(10)

  private let interval: Duration
  private let next = Mutex(ContinuousClock.now)

  /// Creates a rate limiter.
  ///
  /// - Parameter interval: The time between two reads.
  package init(interval: Duration) {
    self.interval = interval
  }

  /// Waits until the given number of reads may be sent.
  func wait(reads: Int = 1) async {
    let moment = next.withLock { next in
      let moment = max(next, ContinuousClock.now)
      next = moment + interval * reads
      return moment
    }
    // The sleep ends early, with an error, only if the service stops.
    try? await Task.sleep(until: moment, clock: .continuous)
  }

  /// Pauses all background reads if the failure is a refusal with status 429.
  func slowDown(after failure: DirectoryFailure) {
    guard case .refused(let refusal) = failure, refusal.httpStatus == 429 else { return }
    let pause = refusal.retryAfter.flatMap(Self.duration) ?? Self.usualPause
    let end = ContinuousClock.now + min(max(.zero, pause), Self.longestPause)
    next.withLock { $0 = max($0, end) }
  }

  /// Reads the value of `Retry-After`: a number of seconds, which may have a fraction, or a date (RFC 9110 §10.2.3).
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
