import DequeModule
import Dispatch
import Synchronization

/// Locks addresses and connectors, so that requests for the same address or the same connector run one at a time.
///
/// Requests for the same key wait in a queue, in order of arrival. Requests for different keys do not wait for each
/// other.
package final class KeyedLock: Sendable {
  /// The limits for waiting requests: how many requests may wait, and how long each may wait.
  package struct Limits: Sendable {
    /// The maximum number of requests that wait for one key.
    ///
    /// The number is higher than the number of requests that a correct script sends for one step at the same time.
    package let perKey: Int
    /// The maximum number of requests that wait, counted over all keys.
    package let total: Int
    /// The maximum time that a request waits.
    ///
    /// The maximum is shorter than the time that clients and proxies wait for an answer.
    package let wait: Duration

    /// Creates limits.
    package init(perKey: Int, total: Int, wait: Duration) {
      self.perKey = perKey
      self.total = total
      self.wait = wait
    }

    /// The limits that a server uses.
    package static let standard = Limits(perKey: 256, total: 4096, wait: .seconds(20))
  }

  private struct Waiter {
    let ticket: UInt64
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Grant, Never>
  }

  private enum Grant {
    case granted, full, gaveUp
  }

  private struct State {
    /// The requests that wait for each locked key.
    ///
    /// A locked key for which no request waits has an empty queue. A free key has no queue.
    var queues: [LockKey: Deque<Waiter>] = [:]
    var waiting = 0
    var nextTicket: UInt64 = 0
    /// Whether the timer is running.
    ///
    /// The timer ends the wait of each request that waited too long.
    var isWatched = false
  }

  private let limits: Limits
  private let state = Mutex(State())

  /// Creates locks that are all free.
  package init(limits: Limits = .standard) {
    self.limits = limits
  }

  /// Locks all the given keys, and returns when all of them are locked.
  ///
  /// The keys are locked in sorted order, so two requests can't wait for each other. To unlock the keys, call
  /// ``HeldLock/end()``.
  ///
  /// - Throws: `busy` if too many requests wait, or if this request waited too long.
  package func take(_ keys: some Sequence<LockKey>) async throws(ServiceError) -> HeldLock {
    let keys = Array(keys)
    // The shortcut for the most frequent case: there is only one key, and this key is free.
    if keys.count == 1, takeIfFree(keys[0]) { return HeldLock(keys: keys, locks: self) }
    var taken: [LockKey] = []
    for key in Set(keys).sorted() {
      let grant = takeIfFree(key) ? .granted : await wait(for: key)
      switch grant {
      case .granted: taken.append(key)
      case .full, .gaveUp:
        end(taken)
        throw .busy(
          grant == .full
            ? "Too many requests wait for the same step or connector."
            : "Earlier requests for the same step or connector took too long."
        )
      }
    }
    return HeldLock(keys: taken, locks: self)
  }

  /// Locks a key if the key is free, or returns nil immediately if the key is locked.
  package func takeWithoutWaiting(_ key: LockKey) -> HeldLock? {
    takeIfFree(key) ? HeldLock(keys: [key], locks: self) : nil
  }

  fileprivate func end(_ keys: [LockKey]) {
    for key in keys {
      let next = state.withLock { state -> Waiter? in
        guard let waiter = state.queues[key]?.popFirst() else {
          state.queues[key] = nil
          return nil
        }
        state.waiting -= 1
        return waiter
      }
      next?.continuation.resume(returning: .granted)
    }
  }

  private func takeIfFree(_ key: LockKey) -> Bool {
    state.withLock { state in
      guard state.queues[key] == nil else { return false }
      state.queues[key] = []
      return true
    }
  }

  private func wait(for key: LockKey) async -> Grant {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (grant, startsWatch) = state.withLock { state -> (Grant?, Bool) in
          guard let queue = state.queues[key] else {
            state.queues[key] = []
            return (.granted, false)
          }
          if Task.isCancelled { return (.gaveUp, false) }
          guard queue.count < limits.perKey, state.waiting < limits.total else { return (.full, false) }
          let waiter = Waiter(ticket: ticket, deadline: .now + limits.wait, continuation: continuation)
          state.queues[key]?.append(waiter)
          state.waiting += 1
          defer { state.isWatched = true }
          return (nil, !state.isWatched)
        }
        if startsWatch { watch() }
        if let grant { continuation.resume(returning: grant) }
      }
    } onCancel: {
      giveUp(ticket, key)
    }
  }

  /// The interval at which the timer checks all waiting requests.
  ///
  /// A request may therefore wait longer than the limit, by at most this interval.
  private static let watchInterval = Duration.milliseconds(250)

  /// Starts the timer, which ends the waits of requests that waited too long.
  ///
  /// The timer runs while at least one request waits.
  private func watch() {
    let interval = min(Self.watchInterval, limits.wait)
    DispatchQueue.global().asyncAfter(deadline: .now() + interval.seconds) { self.endOverdue() }
  }

  private func endOverdue() {
    let now = ContinuousClock.now
    let (overdue, continues) = state.withLock { state in
      var overdue: [Waiter] = []
      for (key, queue) in state.queues where queue.contains(where: { $0.deadline <= now }) {
        overdue += queue.filter { $0.deadline <= now }
        state.queues[key] = queue.filter { $0.deadline > now }
      }
      state.waiting -= overdue.count
      state.isWatched = state.waiting > 0
      return (overdue, state.isWatched)
    }
    for waiter in overdue { waiter.continuation.resume(returning: .gaveUp) }
    if continues { watch() }
  }

  private func giveUp(_ ticket: UInt64, _ key: LockKey) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.queues[key]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      state.waiting -= 1
      return state.queues[key]?.remove(at: index)
    }
    waiter?.continuation.resume(returning: .gaveUp)
  }
}

/// A set of keys that a request has locked.
///
/// The keys are locked until ``end()`` is called.
package struct HeldLock: Sendable {
  fileprivate let keys: [LockKey]
  fileprivate let locks: KeyedLock

  /// Returns whether this key is one of the locked keys.
  func holds(_ key: LockKey) -> Bool { keys.contains(key) }

  /// Unlocks the keys, so that the next requests can lock the keys.
  ///
  /// Call this method exactly once.
  package func end() {
    locks.end(keys)
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
