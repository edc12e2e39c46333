/// The result of one attempt to send a message.
enum WebhookResult: Sendable, Equatable {
  /// The receiver has the message.
  case accepted
  /// The receiver does not have the message, or did not confirm it in time.
  ///
  /// `problem` is the reason, as a clause without a full stop. `retryAfter` is the time that the receiver asked Reflog
  /// to wait, or nil if it did not ask.
  case failed(_ problem: String, retryAfter: Duration? = nil)
  /// The receiver wants no more messages (410).
  case gone

  /// Creates the result from the status of an answer.
  ///
  /// - Parameters:
  ///   - status: The HTTP status.
  ///   - retryAfter: The value of the header `Retry-After`, or nil if the answer has none. A date is ignored; only a
  ///     number of seconds is used.
  init(status: Int, retryAfter: String?) {
    switch status {
    case 200..<300: self = .accepted
    case 300..<400: self = .failed("it answered \(status), and Reflog does not follow a redirect")
    case 410: self = .gone
    default:
      let seconds = retryAfter.flatMap { Int64($0) }.map { Duration.seconds(max(0, $0)) }
      self = .failed("it answered \(status)", retryAfter: seconds)
    }
  }
}

/// Determines the times between failed attempts.
struct RetryPace: Sendable {
  /// The time after the first failed attempt. Each later time is twice as long as the previous one.
  static let first = Duration.seconds(1)
  /// The maximum time if Reflog determines the time.
  private let longest: Duration
  /// The maximum time if the receiver determines the time with `Retry-After`.
  static let longestChosen = Duration.seconds(3600)

  private var next = first

  /// Creates a pace whose times grow up to a limit.
  init(upTo longest: Duration = .seconds(300)) {
    self.longest = longest
  }

  /// Returns the time to wait after a failed attempt.
  mutating func wait(retryAfter: Duration?) -> Duration {
    defer { next = min(longest, next * 2) }
    return max(next, min(Self.longestChosen, retryAfter ?? .zero))
  }
}
