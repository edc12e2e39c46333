import Metrics
import Synchronization

/// Counts the exchanges with Microsoft Graph, and records how long they take.
///
/// The timer, and the counter of each status, are stored here, so the registry is searched only once for each of them.
final class GraphMetrics: Sendable {
  private let factory: any MetricsFactory
  private let duration: Timer
  private let counters = Mutex<[String: Counter]>([:])

  init(_ factory: any MetricsFactory) {
    self.factory = factory
    duration = Timer(label: "reflog_graph_seconds", factory: factory)
  }

  func record(_ exchange: GraphExchange, _ time: Duration) {
    let status = exchange.status
    counters.withLock { counters in
      if let known = counters[status] { return known.increment() }
      let counter = Counter(label: "reflog_graph_requests_total", dimensions: [("status", status)], factory: factory)
      counters[status] = counter
      counter.increment()
    }
    duration.record(duration: time)
  }
}
