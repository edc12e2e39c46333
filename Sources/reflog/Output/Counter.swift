import Foundation
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

  private let text: @Sendable (Int) -> String
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private init(text: @escaping @Sendable (Int) -> String) {
    self.text = text
  }

  /// Creates a counter of things.
  ///
  /// - Parameters:
  ///   - verb: The action, such as `verified` in "verified 12 changes".
  ///   - noun: The counted things, such as `changes` in "verified 12 changes".
  convenience init(verb: String, noun: String) {
    self.init { "\(verb) \($0) \(noun)" }
  }

  /// Creates a counter of bytes.
  ///
  /// - Parameter verb: the action, such as `exported` in "exported 12.3 MB".
  convenience init(bytesWithVerb verb: String) {
    self.init { "\(verb) \(megabytes($0)) MB" }
  }

  /// Adds to the count.
  func add(_ count: Int) {
    let now = ContinuousClock.now
    let shown = state.withLock { state -> String? in
      state.count += count
      guard Terminal.isTerminal, now - start > .seconds(1), now - (state.shown ?? start) > Self.interval else {
        return nil
      }
      state.shown = now
      return text(state.count)
    }
    if let shown { Terminal.overwrite(shown) }
  }

  /// Shows the final count and ends the line, if a count was shown.
  func end() {
    let (count, isShown) = state.withLock { ($0.count, $0.shown != nil) }
    if isShown { Terminal.overwrite(text(count), isLast: true) }
  }
}

/// Returns a number of bytes in megabytes, with one digit after the point.
func megabytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_000_000) }
