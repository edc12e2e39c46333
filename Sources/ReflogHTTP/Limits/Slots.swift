import DequeModule
import Dispatch
import ReflogService
import ReflogStorage
import Synchronization

/// A fixed number of slots that all callers share, so that no caller can hold all slots.
///
/// A request waits if it does not get a slot immediately. The waiting requests of one caller are in one queue, and free
/// slots are given to the callers in rotation. So the requests of one caller never wait for the many requests of
/// another caller, except while all slots are in use.
///
/// A caller who sends requests too fast is slowed down: each slot of this caller is kept in use for a pause after the
/// work. So the caller can't use all processors, even with requests that need little work.
final class Slots: Sendable {
  /// The limits of a group of slots.
  struct Limits: Sendable {
    /// The number of slots.
    let slots: Int
    /// The maximum number of requests that wait, counted over all callers.
    let waiting: Int
    /// The minimum time for which a slot is in use while other requests of the same caller wait.
    ///
    /// If the work takes longer than half of this time, the slot is in use for twice the time of the work. If the pause
    /// is nil, callers are not slowed down.
    var pause: Duration?
    /// The maximum time that a request waits.
    var wait = Duration.seconds(20)

    /// The divisor that defines the share of one caller.
    ///
    /// No caller holds more than an eighth of the slots or of the queue.
    static let share = 8

    var perHolder: Int { max(1, slots / Self.share) }
    var waitingPerHolder: Int { max(1, waiting / Self.share) }

    /// The minimum mean time between two requests of one caller.
    ///
    /// A caller who sends requests faster is slowed down. The number of waiting requests does not show whether a caller
    /// sends too many requests that need only the processor, because such a request never waits for a slot.
    var interval: Duration? { pause.map { $0 / 10 } }
    /// The time for which a caller can send requests faster than ``interval`` allows.
    static let burst = Duration.seconds(1)
  }

  private struct Waiter {
    let ticket: UInt64
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var held: [SlotHolder: Int] = [:]
    var heldInAll = 0
    /// The waiting requests of each caller.
    ///
    /// The key is the caller. The oldest request is first in its queue.
    var queues: [SlotHolder: Deque<Waiter>] = [:]
    /// The callers that have waiting requests, in the order in which these callers get free slots.
    var rotation: Deque<SlotHolder> = []
    var waiting = 0
    /// The time at which a caller's requests would end if they ran one after the other, each for one
    /// ``Limits/interval``.
    ///
    /// The key is the caller. If this time is far in the future, the caller sends requests too fast.
    var due: [SlotHolder: ContinuousClock.Instant] = [:]
    var nextTicket: UInt64 = 0
    /// Whether the timer is running.
    ///
    /// The timer ends the wait of every request that waited too long.
    var isWatched = false
  }

  private let limits: Limits
  private let pace: RefusalPace
  /// The threads that run the work, or nil if no special threads run it.
  private let threads: BackgroundThreads?
  private let state = Mutex(State())

  /// Creates free slots.
  ///
  /// - Parameters:
  ///   - limits: The limits of the slots.
  ///   - pace: Delays the answer to a request that is refused because it did not get a slot.
  ///   - threads: The threads that run the work, or nil if the work runs on the threads of all other requests.
  init(_ limits: Limits, pace: RefusalPace, on threads: BackgroundThreads? = nil) {
    self.limits = limits
    self.pace = pace
    self.threads = threads
  }

  /// The number of requests that wait, counted over all callers.
  var waitingCount: Int { state.withLock { $0.waiting } }

  /// Calls `work` while the caller has a slot.
  ///
  /// - Throws: `busy` if too many requests of the caller wait, or if this request waited too long.
  func use<Value>(_ holder: SlotHolder, _ work: () async throws -> Value) async throws -> Value {
    let start = try await enter(holder)
    defer { leave(holder, since: start) }
    return if let threads { try await threads.run(work) } else { try await work() }
  }

  /// Calls `work`, which throws only a `ServiceError`, while the caller has a slot.
  ///
  /// - Throws: `busy` if too many requests of the caller wait, or if this request waited too long.
  func use<Value>(
    _ holder: SlotHolder,
    _ work: () async throws(ServiceError) -> Value
  ) async throws(ServiceError) -> Value {
    let start = try await enter(holder)
    defer { leave(holder, since: start) }
    return if let threads { try await threads.run(work) } else { try await work() }
  }

  /// Takes a slot, and returns the time at which the caller got the slot.
  private func enter(_ holder: SlotHolder) async throws(ServiceError) -> ContinuousClock.Instant {
    if !enterWithoutWaiting(holder), await !wait(for: holder) {
      await pace.delay(holder)
      throw .busy("Too many of your requests are in progress.")
    }
    return .now
  }

  /// Takes a slot if one is free for the caller, and returns whether the caller has the slot.
  ///
  /// Call ``leave(_:)`` once when the work is finished.
  func enterWithoutWaiting(_ holder: SlotHolder) -> Bool {
    state.withLock { takeIfFree(holder, &$0) }
  }

  /// Makes the slot of a caller free, so that another request can take the slot.
  func leave(_ holder: SlotHolder) {
    let granted = state.withLock { state in
      state.heldInAll -= 1
      let held = (state.held[holder] ?? 1) - 1
      state.held[holder] = held == 0 ? nil : held
      return grant(&state)
    }
    granted?.continuation.resume(returning: true)
  }

  /// Makes the slot of a caller free, immediately or after a pause.
  private func leave(_ holder: SlotHolder, since start: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    let rest = state.withLock { state in self.rest(of: holder, from: start, to: now, &state) }
    guard rest > .zero else { return leave(holder) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(rest.nanoseconds)) { self.leave(holder) }
  }

  /// The maximum number of callers whose pace of requests is measured separately.
  private static let counted = 10_000

  /// Returns how long a slot is kept in use after the work.
  private func rest(
    of holder: SlotHolder,
    from start: ContinuousClock.Instant,
    to end: ContinuousClock.Instant,
    _ state: inout State
  ) -> Duration {
    guard let pause = limits.pause, let interval = limits.interval else { return .zero }
    if state.due.count >= Self.counted { state.due = state.due.filter { $0.value > end } }
    if state.due.count >= Self.counted { state.due = [:] }
    let due = max(state.due[holder] ?? end, end) + interval
    state.due[holder] = due
    let worked = end - start
    if state.queues[holder] != nil { return max(pause - worked, worked) }
    return due - end - Limits.burst
  }

  private func takeIfFree(_ holder: SlotHolder, _ state: inout State) -> Bool {
    let held = state.held[holder] ?? 0
    guard state.heldInAll < limits.slots, held < limits.perHolder, state.queues[holder] == nil else { return false }
    state.held[holder] = held + 1
    state.heldInAll += 1
    return true
  }

  /// Gives a free slot to the next caller in the rotation.
  ///
  /// A caller who already holds a full share is skipped. The result is the waiting request that gets the slot, or nil
  /// if no request can use the slot.
  private func grant(_ state: inout State) -> Waiter? {
    guard state.heldInAll < limits.slots else { return nil }
    for _ in 0..<state.rotation.count {
      guard let holder = state.rotation.popFirst() else { return nil }
      guard state.held[holder, default: 0] < limits.perHolder, let waiter = state.queues[holder]?.popFirst() else {
        state.rotation.append(holder)
        continue
      }
      state.waiting -= 1
      if state.queues[holder]?.isEmpty ?? true { state.queues[holder] = nil } else { state.rotation.append(holder) }
      state.held[holder, default: 0] += 1
      state.heldInAll += 1
      return waiter
    }
    return nil
  }

  private func wait(for holder: SlotHolder) async -> Bool {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (answer, startsWatch) = state.withLock { state -> (Bool?, Bool) in
          if takeIfFree(holder, &state) { return (true, false) }
          guard !Task.isCancelled, state.waiting < limits.waiting,
            state.queues[holder]?.count ?? 0 < limits.waitingPerHolder
          else { return (false, false) }
          if state.queues[holder] == nil { state.rotation.append(holder) }
          let waiter = Waiter(ticket: ticket, deadline: .now + limits.wait, continuation: continuation)
          state.queues[holder, default: []].append(waiter)
          state.waiting += 1
          defer { state.isWatched = true }
          return (nil, !state.isWatched)
        }
        if startsWatch { watch() }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      giveUp { $0 == holder ? $1.ticket == ticket : false }
    }
  }

  /// The interval at which the timer checks all waiting requests.
  private static let watchInterval = DispatchTimeInterval.milliseconds(250)

  private func watch() {
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.watchInterval) {
      let now = ContinuousClock.now
      self.giveUp { $1.deadline <= now }
      let continues = self.state.withLock { state in
        state.isWatched = state.waiting > 0
        return state.isWatched
      }
      if continues { self.watch() }
    }
  }

  /// Ends the wait of all requests that meet a condition.
  ///
  /// These requests do not get a slot.
  private func giveUp(_ condition: (SlotHolder, Waiter) -> Bool) {
    let ended = state.withLock { state in
      var ended: [Waiter] = []
      for (holder, queue) in state.queues where queue.contains(where: { condition(holder, $0) }) {
        ended += queue.filter { condition(holder, $0) }
        let kept = queue.filter { !condition(holder, $0) }
        state.queues[holder] = kept.isEmpty ? nil : kept
        if kept.isEmpty { state.rotation.removeAll { $0 == holder } }
      }
      state.waiting -= ended.count
      return ended
    }
    for waiter in ended { waiter.continuation.resume(returning: false) }
  }
}

extension Duration {
  fileprivate var nanoseconds: Int {
    Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
  }
}
