import Synchronization

/// Shows a count on the terminal for work that takes more than a second; several tasks may add to it at once.
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

  /// Makes a counter.
  ///
  /// - Parameters:
  ///   - verb: what is done, as in "verified 12 changes".
  ///   - noun: what is counted.
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
    if state.withLock({ $0.shown }) != nil { Terminal.overwrite("\(verb) \(state.withLock { $0.count }) \(noun)\n") }
  }
}
