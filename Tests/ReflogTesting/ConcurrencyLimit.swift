import Foundation
import Synchronization

/// Limits how many tests have open files and open connections to databases at the same time.
///
/// Swift Testing starts all tests of a run at the same time. Without a limit, the tests would open thousands of files
/// and connections. PostgreSQL refuses so many connections. Foundation's `Process` crashes with more than 1,300 files.
final class ConcurrencyLimit: Sendable {
  /// The limit for all tests of this process.
  static let ofTests = ConcurrencyLimit(max(16, 4 * ProcessInfo.processInfo.activeProcessorCount))

  /// Whether the current task is already counted. A counted task must not wait, because it would wait for itself.
  @TaskLocal private static var isCounted = false

  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  private init(_ maximumCount: Int) {
    state = Mutex((free: maximumCount, waiting: []))
  }

  /// Waits until fewer tests than the maximum are running, and then calls `body`.
  func run<Value>(_ body: () async throws -> Value) async throws -> Value {
    guard !Self.isCounted else { return try await body() }
    await begin()
    defer { end() }
    return try await Self.$isCounted.withValue(true) { try await body() }
  }

  /// Calls `body` without waiting for other tests.
  static func ignoring<Value>(_ body: () async throws -> Value) async throws -> Value {
    try await $isCounted.withValue(true) { try await body() }
  }

  private func begin() async {
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

  /// Ends the wait of the test that has waited for the longest time.
  private func end() {
    let next: CheckedContinuation<Void, Never>? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}

/// Calls `body` without the limit for the number of tests that run at the same time.
///
/// A test with a time limit needs this function, because a wait for other tests would count towards the time limit.
package func withoutWaitingForOtherTests<Value>(_ body: () async throws -> Value) async throws -> Value {
  try await ConcurrencyLimit.ignoring(body)
}
