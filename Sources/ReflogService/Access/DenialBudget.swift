import ReflogModel
import Synchronization

/// Limits how many denied requests from one caller are recorded in a minute.
///
/// The limit is high enough to record all requests that a person sends. It also prevents that a program fills the
/// ledger with requests that never stop.
final class DenialBudget: Sendable {
  private static let perMinute = 60
  /// The maximum number of callers that have a separate budget in a minute.
  ///
  /// All other callers share one budget.
  private static let callers = 1000

  private struct State {
    var minute: Int64 = 0
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Uses one unit of the caller's budget, and returns whether one was left in this minute.
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
