import DequeModule
import ReflogModel
import Synchronization

/// Limits how many reads callers can send to Microsoft Graph with Reflog's own credential.
///
/// Graph accepts 200 requests per minute from one application in one tenant. The sweep, the reconciler, all changes and
/// the reads of callers share these requests. So each caller may use only a part of these requests. All callers
/// together may use a larger part, but not all requests. The budget always counts the reads of the last 60 seconds, so
/// that a caller can't use two budgets within a few seconds.
package final class ReadBudget: Sendable {
  /// The length of the time window in which reads are counted.
  static let window = Duration.seconds(60)
  /// The budget of all callers together, as a multiple of the budget of one caller.
  ///
  /// So a second caller can still read after the first caller has used the whole budget of one caller.
  private static let shares = 2

  private struct Read {
    let caller: String
    let time: Timestamp
  }

  private struct State {
    /// The reads of all callers within the window, oldest first.
    var all = Deque<Read>()
    /// The times of each caller's reads within the window, oldest first.
    ///
    /// The key is the type and the id of the caller.
    var own: [String: Deque<Timestamp>] = [:]
  }

  private let readsPerMinute: Int
  private let state = Mutex(State())

  /// Creates a budget.
  ///
  /// - Parameter readsPerMinute: The maximum number of reads of one caller within 60 seconds.
  package init(readsPerMinute: Int) {
    self.readsPerMinute = readsPerMinute
  }

  /// Counts one read in a caller's budget, if the budget permits the read.
  ///
  /// - Returns: Nil if the read may be sent. Otherwise, the time that the caller must wait before the next read.
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
      // If the clock was set back, the oldest read is in the future. So the wait is limited to one window.
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
