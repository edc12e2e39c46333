import Foundation

/// Shows a number of bytes on the terminal during work that takes more than a second.
struct Progress {
  private static let interval = Duration.milliseconds(500)

  private let verb: String
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  private var bytes = 0

  /// Creates a progress that starts at 0 bytes.
  ///
  /// - Parameter verb: the action, such as `exported` in "exported 12.3 MB".
  init(verb: String) {
    self.verb = verb
  }

  /// Adds to the number of bytes.
  mutating func add(_ count: Int) {
    bytes += count
    let now = ContinuousClock.now
    guard Terminal.isTerminal, now - start > .seconds(1), now - (shown ?? start) > Self.interval else { return }
    shown = now
    Terminal.overwrite("\(verb) \(megabytes) MB")
  }

  /// Shows the final number and ends the line, if a number was shown.
  func end() {
    if shown != nil { Terminal.overwrite("\(verb) \(megabytes) MB", isLast: true) }
  }

  private var megabytes: String { String(format: "%.1f", Double(bytes) / 1_000_000) }
}
