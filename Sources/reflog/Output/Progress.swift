import Foundation

/// Says on a terminal how far something came that takes more than a second.
struct Progress {
  private static let interval = Duration.milliseconds(500)

  private let verb: String
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  private var bytes = 0

  /// - Parameter verb: what is done, as in "exported 12.3 MB".
  init(verb: String) {
    self.verb = verb
  }

  mutating func add(_ count: Int) {
    bytes += count
    let now = ContinuousClock.now
    guard Terminal.isTerminal, now - start > .seconds(1), now - (shown ?? start) > Self.interval else { return }
    shown = now
    Terminal.overwrite("\(verb) \(megabytes) MB")
  }

  /// Leaves the last line standing, if there was one.
  func end() {
    if shown != nil { Terminal.overwrite("\(verb) \(megabytes) MB\n") }
  }

  private var megabytes: String { String(format: "%.1f", Double(bytes) / 1_000_000) }
}
