import Synchronization

/// Says on a terminal how many of something are done, where that takes more than a second; from several tasks at once.
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

  init(verb: String, noun: String) {
    self.verb = verb
    self.noun = noun
  }

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

  /// Leaves the last line standing, if there was one.
  func end() {
    if state.withLock({ $0.shown }) != nil { Terminal.overwrite("\(verb) \(state.withLock { $0.count }) \(noun)\n") }
  }
}
