/// Limits the number of messages to one receiver in a period of time. A few messages are sent without a pause, and then
/// a pause follows.
///
/// The limit leaves more processor time for changes. It is much higher than the number of changes that people make. A
/// pause after every message would cost more processor time, because the processor changes to another thread at each
/// pause.
struct MessagePace: Sendable {
  /// The number of messages that are sent without a pause.
  static let messages = 10
  /// The minimum time for these messages together.
  static let time = Duration.milliseconds(200)
  /// The minimum time for these messages together while many entries are recorded.
  ///
  /// With so many entries, the messages would be late even without this limit. The longer time makes the changes
  /// faster.
  static let busyTime = Duration.milliseconds(500)
  /// The number of recorded entries in a second above which ``busyTime`` applies.
  static let busyEntries: Int64 = 500

  /// The first value of `gap` after the receiver asked for fewer messages.
  private static let slow = Duration.seconds(1)
  private static let slowest = Duration.seconds(30)

  /// The time of the first message in the current group of messages, and the sequence of the newest entry at that time.
  private var start: (time: ContinuousClock.Instant, entry: Int64)?
  private var count = 0
  /// The pause after each message if the receiver asked for fewer messages. The pause becomes shorter with each
  /// accepted message.
  private var gap = Duration.zero

  /// Makes the pauses longer. Call this method if the receiver refused a message and asked Reflog to wait.
  ///
  /// Chat programs permit about one message each second. Without longer pauses, these programs would refuse half of the
  /// messages.
  mutating func slowDown() {
    gap = min(Self.slowest, max(Self.slow, gap * 2))
  }

  /// Counts a message, and returns how long to wait after it.
  ///
  /// - Parameters:
  ///   - now: The time at which the message was accepted.
  ///   - newest: The sequence of the newest entry of the log at that time.
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
