/// The maximum number of messages to one receiver in a time: a few messages without a pause, and then a pause.
///
/// The limit keeps the server's time for changes. It is far above the number of changes that people make. A pause after
/// each message would need more of the server's time, because each pause ends with a change of threads.
struct MessagePace: Sendable {
  /// The number of messages without a pause.
  static let messages = 10
  /// The minimum time for these messages together.
  static let time = Duration.milliseconds(200)
  /// The minimum time for these messages together while many entries are recorded.
  ///
  /// The messages can't keep up with so many entries in any case, but the changes become faster.
  static let busyTime = Duration.milliseconds(500)
  /// The number of entries in a second from which on the longer time applies.
  static let busyEntries: Int64 = 500

  /// The first pause after each message to a receiver that asked for fewer messages.
  private static let slow = Duration.seconds(1)
  private static let slowest = Duration.seconds(30)

  /// The time of the first of these messages, and the newest entry of the log at that time.
  private var start: (time: ContinuousClock.Instant, entry: Int64)?
  private var count = 0
  /// The pause after each message. It becomes shorter with each accepted message.
  private var gap = Duration.zero

  /// Makes the pauses longer, because the receiver did not accept a message and named a time to wait.
  ///
  /// Chat programs permit about one message a second. Without this, every second message would be refused.
  mutating func slowDown() {
    gap = min(Self.slowest, max(Self.slow, gap * 2))
  }

  /// Counts a message, and returns how long to wait after it.
  ///
  /// - Parameters:
  ///   - now: The time at which the message was accepted.
  ///   - newest: The newest entry of the log at that time.
  mutating func wait(after now: ContinuousClock.Instant, newest: Int64) -> Duration {
    guard gap < Self.time else {
      defer { gap = gap * 9 / 10 }
      return gap
    }
    gap = .zero
    guard let start, count < Self.messages, now - start.time < Self.time else {
      self.start = (now, newest)
      count = 1
      return .zero
    }
    count += 1
    guard count == Self.messages else { return .zero }
    let used = now - start.time
    let isBusy = Duration.seconds(newest - start.entry) > used * Self.busyEntries
    return (isBusy ? Self.busyTime : Self.time) - used
  }
}
