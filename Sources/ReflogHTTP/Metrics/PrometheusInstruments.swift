import Metrics
import Synchronization

/// A number that only grows.
final class PrometheusCounter: CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: Int64 { count.load(ordering: .relaxed) }

  func increment(by amount: Int64) {
    count.wrappingAdd(amount, ordering: .relaxed)
  }

  func reset() {
    count.store(0, ordering: .relaxed)
  }
}

/// A number that can rise and fall.
final class PrometheusGauge: RecorderHandler, MeterHandler {
  private let current = Mutex(0.0)

  var value: Double { current.withLock { $0 } }

  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { current.withLock { $0 = value } }
  func set(_ value: Int64) { record(Double(value)) }
  func set(_ value: Double) { record(value) }
  func increment(by amount: Double) { current.withLock { $0 += amount } }
  func decrement(by amount: Double) { current.withLock { $0 -= amount } }
}

/// A distribution of durations in seconds.
final class PrometheusHistogram: TimerHandler {
  /// The upper bounds of the buckets in seconds.
  ///
  /// The bounds cover all durations from a commit on a fast disk to the longest request to Microsoft Graph.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

  /// The measured durations.
  struct State {
    /// The number of durations in each bucket.
    ///
    /// A duration is counted in one bucket only.
    ///
    /// The last bucket counts durations above the highest bound.
    var counts = [Int64](repeating: 0, count: bounds.count + 1)
    /// The sum of all durations, in seconds.
    var sum = 0.0
  }

  private let state = Mutex(State())

  var value: State { state.withLock { $0 } }

  func recordNanoseconds(_ duration: Int64) {
    let seconds = Double(duration) / 1e9
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += seconds
    }
  }
}
