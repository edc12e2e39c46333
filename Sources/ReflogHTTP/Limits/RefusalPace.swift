import ReflogModel
import Synchronization

/// Delays the answers to requests that are refused before they have a slot, for example because of a wrong token.
///
/// Reflog answers the first refused requests of a network or a caller immediately. Reflog answers later refused
/// requests of that network or caller at a fixed pace. So a client that sends wrong tokens all the time must wait most
/// of the time, and all other clients are not slowed down.
final class RefusalPace: Sendable {
  /// The pause between the answers to two refused requests of one network or caller.
  private static let interval = Duration.milliseconds(5)
  /// The number of refused requests of one network or caller that Reflog answers without a pause.
  private static let burst = 200
  /// The maximum time for which an answer is delayed.
  private static let longest = Duration.seconds(5)
  /// The maximum number of networks and callers whose refused requests are counted separately.
  ///
  /// If more networks and callers send refused requests, all counts begin again at zero.
  private static let holders = 10_000

  /// The time at which the refused requests would end if they ran one after the other, each for one ``interval``.
  ///
  /// The key is the network or the caller that sent the requests.
  private let due = Mutex<[SlotHolder: ContinuousClock.Instant]>([:])

  /// Waits until Reflog is allowed to answer the next refused request of this network or caller.
  func delay(_ holder: SlotHolder) async {
    let wait = delay(of: holder, at: .now)
    // If the request is cancelled, the wait ends early. The early end is harmless, because no client receives the
    // answer to a cancelled request.
    if wait > .zero { try? await Task.sleep(for: wait) }
  }

  /// Counts a refused request, and returns how long the answer to this request must wait.
  func delay(of holder: SlotHolder, at now: ContinuousClock.Instant) -> Duration {
    due.withLock { due in
      if due.count >= Self.holders { due = due.filter { $0.value > now } }
      if due.count >= Self.holders { due = [:] }
      let time = max(due[holder] ?? now, now)
      due[holder] = min(time + Self.interval, now + Self.longest + Self.interval * Self.burst)
      return min(max(time - now - Self.interval * Self.burst, .zero), Self.longest)
    }
  }
}
