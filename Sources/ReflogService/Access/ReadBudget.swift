import DequeModule
import ReflogModel
import Synchronization

/// Limits how many reads callers can send to Microsoft Graph with Reflog's own credential.
///
/// Graph limits the requests of one application in one tenant to 200 in a minute. The sweep, the reconciler and all
/// changes share these requests with the reads of callers. So one caller can use only a share of them, and so can all
/// callers together. The budget counts the last 60 seconds at every moment, so no caller can use two budgets at the
/// border between two minutes.
package final class ReadBudget: Sendable {
  /// The time over which reads are counted.
  static let window = Duration.seconds(60)
  /// The budget of all callers together, as a multiple of the budget of one caller.
  ///
  /// A second caller can read while the first caller uses its whole budget.
  private static let shares = 2

  private struct Read {
    let caller: String
    let time: Timestamp
  }

  private struct State {
    /// The reads of all callers within the window, oldest first.
    var all = Deque<Read>()
    /// The times of each caller's reads within the window, oldest first.
    var own: [String: Deque<Timestamp>] = [:]
  }

  private let readsPerMinute: Int
  private let state = Mutex(State())

  /// Creates a budget.
  ///
  /// - Parameter readsPerMinute: the maximum number of reads of one caller within 60 seconds.
  package init(readsPerMinute: Int) {
    self.readsPerMinute = readsPerMinute
  }

  /// Uses the budget for one read of a caller.
  ///
  /// - Returns: nil if the read may be sent, or else the time until a read of the caller may be sent.
  func take(for actor: Change.Actor, at now: Timestamp) -> Duration? {
    let caller = "\(actor.type.rawValue) \(actor.id ?? "")"
    return state.withLock { state in
      while let oldest = state.all.first, now.since(oldest.time) >= Self.window { Self.removeOldest(from: &state) }
      let times = state.own[caller] ?? []
      let oldest: Timestamp? =
        if times.count >= readsPerMinute {
          times.first
        } else if state.all.count >= Self.shares * readsPerMinute {
          state.all.first?.time
        } else {
          nil
        }
      // If the clock was set back, the oldest read is in the future. The caller then waits for one window at most.
      if let oldest { return min(Self.window - now.since(oldest), Self.window) }
      state.all.append(Read(caller: caller, time: now))
      state.own[caller, default: []].append(now)
      return nil
    }
  }

  private static func removeOldest(from state: inout State) {
    let caller = state.all.removeFirst().caller
    state.own[caller]?.removeFirst()
    if state.own[caller]?.isEmpty ?? false { state.own[caller] = nil }
  }
}
