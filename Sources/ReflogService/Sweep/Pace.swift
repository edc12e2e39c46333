import ReflogModel
import Synchronization

/// Keeps reads that nobody waits for below what the directory allows, and leaves room for those that somebody does.
final class Pace: Sendable {
  /// The longest that a `Retry-After` is obeyed: more would leave everything unverified for one wrong header.
  private static let longestPause = Duration.seconds(300)
  /// How long to wait where the directory asks for a pause and does not say how long.
  private static let usualPause = Duration.seconds(10)
  /// How often one read is tried while the directory asks for pauses.
  private static let attempts = 5

  private let interval: Duration
  private let next = Mutex(ContinuousClock.now)

  init(interval: Duration) {
    self.interval = interval
  }

  /// Reads when it is time to, and again after a pause where the directory asks for one.
  func read(_ question: DirectoryRead, from directory: any Directory) async throws(DirectoryFailure)
    -> DirectoryResponse
  {
    for _ in 1..<Self.attempts {
      await waitForTurn()
      do {
        return try await directory.read(question)
      } catch .refused(let refusal) where refusal.httpStatus == 429 {
        pause(for: refusal.retryAfter)
      }
    }
    await waitForTurn()
    return try await directory.read(question)
  }

  /// Waits until one more read may be made.
  func waitForTurn() async {
    let moment = next.withLock { next in
      let moment = max(next, ContinuousClock.now)
      next = moment + interval
      return moment
    }
    // Ends early only when it is time to stop.
    try? await Task.sleep(until: moment, clock: .continuous)
  }

  private func pause(for retryAfter: String?) {
    let asked = retryAfter.flatMap(Double.init).map { Duration.seconds(max(0, min($0, 86_400))) }
    let end = ContinuousClock.now + min(asked ?? Self.usualPause, Self.longestPause)
    next.withLock { $0 = max($0, end) }
  }
}
