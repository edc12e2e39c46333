import ReflogModel
import Synchronization

/// Delays the answers to requests that are refused before they have a slot, for example because of a wrong token.
///
/// The first refusals of a network or a caller are answered immediately. Further refusals are answered at a fixed pace.
/// So a client that sends wrong tokens all the time must wait most of the time, and other clients are not slowed down.
final class RefusalPace: Sendable {
  /// The pause between two refusals of one network or caller.
  private static let interval = Duration.milliseconds(5)
  /// The number of refusals of one network or caller that are answered without a pause.
  private static let burst = 200
  /// The longest delay of an answer.
  private static let longest = Duration.seconds(5)
  /// The maximum number of networks and callers whose refusals are counted separately.
  ///
  /// If more networks and callers are refused, all counts begin again at zero.
  private static let holders = 10_000

  /// For each network or caller, the earliest time at which its next refusal is answered.
  private let due = Mutex<[SlotHolder: ContinuousClock.Instant]>([:])

  /// Waits until the pace allows the answer to the next refusal of this network or caller.
  func delay(_ holder: SlotHolder) async {
    let wait = delay(of: holder, at: .now)
    // If the request is cancelled, the wait ends early. That is harmless, because then no client receives
    // the answer.
    if wait > .zero { try? await Task.sleep(for: wait) }
  }

  /// Counts a refusal, and returns how long its answer must wait.
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
