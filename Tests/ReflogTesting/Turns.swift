import Synchronization

/// Limits how many tasks do the same thing at the same time.
final class Turns: Sendable {
  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  /// Creates the limit.
  init(maximumCount: Int) {
    state = Mutex((free: maximumCount, waiting: []))
  }

  /// Waits until fewer tasks than the maximum have a turn, and begins a turn.
  func begin() async {
    await withCheckedContinuation { continuation in
      let begins = state.withLock { state in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if begins { continuation.resume() }
    }
  }

  /// Ends a turn. The task that has waited for the longest time has the next turn.
  func end() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
