import Synchronization

/// Shows a count on the terminal during work that takes more than a second.
///
/// Several tasks can add to the count at the same time.
final class Counter: Sendable {
  private static let interval = Duration.milliseconds(500)

  private struct State {
    var count = 0
    var shown: ContinuousClock.Instant?
  }

  private let verb: String
  private let noun: String
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// Creates a counter.
  ///
  /// - Parameters:
  ///   - verb: the action, such as `verified` in "verified 12 changes".
  ///   - noun: the counted things, such as `changes` in "verified 12 changes".
  init(verb: String, noun: String) {
    self.verb = verb
    self.noun = noun
  }

  /// Adds to the count.
  func add(_ count: Int) {
    let now = ContinuousClock.now
    let text = state.withLock { state -> String? in
      state.count += count
      guard Terminal.isTerminal, now - start > .seconds(1), now - (state.shown ?? start) > Self.interval else {
        return nil
      }
      state.shown = now
      return "\(verb) \(state.count) \(noun)"
    }
    if let text { Terminal.overwrite(text) }
  }

  /// Shows the final count and ends the line, if a count was shown.
  func end() {
    let (count, isShown) = state.withLock { ($0.count, $0.shown != nil) }
    if isShown { Terminal.overwrite("\(verb) \(count) \(noun)", isLast: true) }
  }
}
