import DequeModule
import Synchronization

/// Gives out turns: requests for one key queue in order of arrival, different keys do not wait for each other.
package final class Turns: Sendable {
  package struct Limits: Sendable {
    /// Requests that may wait for one key: more than any script sends at one step on purpose.
    package let perKey: Int
    /// Requests that may wait in all.
    package let total: Int
    /// How long one waits: shorter than clients and proxies wait for an answer.
    package let wait: Duration

    package init(perKey: Int, total: Int, wait: Duration) {
      self.perKey = perKey
      self.total = total
      self.wait = wait
    }

    package static let standard = Limits(perKey: 256, total: 4096, wait: .seconds(20))
  }

  private struct Waiter {
    let ticket: UInt64
    let continuation: CheckedContinuation<Grant, Never>
  }

  private enum Grant {
    case granted, full, gaveUp
  }

  private struct State {
    /// Who waits behind whoever holds the key.
    var queues: [TurnKey: Deque<Waiter>] = [:]
    var waiting = 0
    var nextTicket: UInt64 = 0
  }

  private let limits: Limits
  private let state = Mutex(State())

  package init(limits: Limits = .standard) {
    self.limits = limits
  }

  /// Waits for the turns of all these keys, in sorted order so that no two requests wait for each other.
  ///
  /// Throws `busy` if too many wait, or this one waited too long. The turn ends with ``Turn/end()``.
  package func take(_ keys: some Sequence<TurnKey>) async throws(ServiceError) -> Turn {
    var taken: [TurnKey] = []
    for key in Set(keys).sorted() {
      let grant = takeIfFree(key) ? .granted : await wait(for: key)
      switch grant {
      case .granted: taken.append(key)
      case .full, .gaveUp:
        end(taken)
        throw .busy(
          grant == .full ? "Too many requests wait for this step." : "The requests before this one take too long."
        )
      }
    }
    return Turn(keys: taken, turns: self)
  }

  /// Takes the turn if nobody holds it.
  package func takeWithoutWaiting(_ key: TurnKey) -> Turn? {
    takeIfFree(key) ? Turn(keys: [key], turns: self) : nil
  }

  fileprivate func end(_ keys: [TurnKey]) {
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

  private func takeIfFree(_ key: TurnKey) -> Bool {
    state.withLock { state in
      guard state.queues[key] == nil else { return false }
      state.queues[key] = []
      return true
    }
  }

  private func wait(for key: TurnKey) async -> Grant {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    let (limit, queue) = (limits.wait, self)
    return await withTaskGroup(of: Grant.self) { group in
      group.addTask { await queue.wait(for: key, ticket: ticket) }
      group.addTask {
        // Cut short only where the wait is over, and then its answer counts for nothing.
        try? await Task.sleep(for: limit)
        return .gaveUp
      }
      let first = await group.next() ?? .gaveUp
      group.cancelAll()
      // The turn may have come in the very moment in which the wait ended.
      let second = await group.next() ?? .gaveUp
      return second == .granted ? second : first
    }
  }

  private func wait(for key: TurnKey, ticket: UInt64) async -> Grant {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let grant = state.withLock { state -> Grant? in
          guard let queue = state.queues[key] else {
            state.queues[key] = []
            return .granted
          }
          if Task.isCancelled { return .gaveUp }
          guard queue.count < limits.perKey, state.waiting < limits.total else { return .full }
          state.queues[key]?.append(Waiter(ticket: ticket, continuation: continuation))
          state.waiting += 1
          return nil
        }
        if let grant { continuation.resume(returning: grant) }
      }
    } onCancel: {
      giveUp(ticket, key)
    }
  }

  private func giveUp(_ ticket: UInt64, _ key: TurnKey) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.queues[key]?.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      state.waiting -= 1
      return state.queues[key]?.remove(at: index)
    }
    waiter?.continuation.resume(returning: .gaveUp)
  }
}

/// The right to work on some keys, until it is ended.
package struct Turn: Sendable {
  fileprivate let keys: [TurnKey]
  fileprivate let turns: Turns

  func holds(_ key: TurnKey) -> Bool { keys.contains(key) }

  /// Lets the next ones in. Call it once.
  package func end() {
    turns.end(keys)
  }
}
