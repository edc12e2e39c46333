import ReflogModel
import Synchronization

/// How many denied attempts of one caller are recorded: enough to see them all where somebody tries, too few to fill the
/// ledger where a program does not stop.
final class DenialBudget: Sendable {
  private static let perMinute = 60
  /// More callers than this within a minute share one budget.
  private static let callers = 1000

  private struct State {
    var minute: Int64 = 0
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Takes one from the caller's budget; false where it is used up for this minute.
  func take(for actor: Change.Actor, at now: Timestamp) -> Bool {
    state.withLock { state in
      let minute = now.microseconds / 60_000_000
      if minute != state.minute { state = State(minute: minute) }
      let own = "\(actor.type.rawValue) \(actor.id ?? "")"
      let key = state.counts[own] != nil || state.counts.count < Self.callers ? own : ""
      state.counts[key, default: 0] += 1
      return state.counts[key, default: 0] <= Self.perMinute
    }
  }
}
