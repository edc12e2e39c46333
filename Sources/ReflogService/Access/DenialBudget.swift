import ReflogModel
import Synchronization

/// Limits how many denied requests of a caller are recorded.
///
/// That is enough to record what a person tries, and too few for a program that never stops to fill the ledger.
final class DenialBudget: Sendable {
  private static let perMinute = 60
  /// The most callers with a separate budget in a minute.
  ///
  /// More callers share one budget.
  private static let callers = 1000

  private struct State {
    var minute: Int64 = 0
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())

  /// Takes one from the caller's budget.
  ///
  /// Returns false if the budget of this minute is used up.
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
