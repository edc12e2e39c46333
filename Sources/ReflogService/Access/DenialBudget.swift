import ReflogModel
import Synchronization

/// Limits how many denied requests from one caller are recorded in a minute.
///
/// The limit is high enough to record all requests that a person sends. A program that sends requests without end can't
/// fill the ledger with denied requests, because only the first ones in each minute are recorded.
final class DenialBudget: Sendable {
  private static let perMinute = 60
  /// The maximum number of callers that have a budget of their own in a minute.
  ///
  /// All other callers together share one budget.
  private static let callers = 1000

  private struct State {
    var minute: Int64 = 0
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Uses one unit of the caller's budget for this minute, and returns false if no unit was left.
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
