package import Metrics
import Synchronization

/// Keeps the numbers that the house measures, for Prometheus to fetch.
///
/// A backend of swift-metrics: whoever measures knows only `MetricsFactory`.
package final class PrometheusRegistry: MetricsFactory {
  /// A metric with its labels.
  struct Series: Hashable, Comparable {
    let name: String
    /// `{kind="update",result="applied"}`, or nothing.
    let labels: String

    init(name: String, labels: [(String, String)]) {
      self.name = name
      let pairs = labels.sorted { $0.0 < $1.0 }.map { "\($0)=\"\(Self.escaped($1))\"" }
      self.labels = pairs.joined(separator: ",")
    }

    static func < (left: Series, right: Series) -> Bool { (left.name, left.labels) < (right.name, right.labels) }

    /// As the exposition format wants label values.
    private static func escaped(_ text: String) -> String {
      text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
  }

  enum Instrument {
    case counter(PrometheusCounter)
    case gauge(PrometheusGauge)
    case histogram(PrometheusHistogram)
  }

  private let instruments = Mutex<[Series: Instrument]>([:])

  /// Metrics that are there, at zero, before anything was measured: a rule about one that is missing never fires.
  package init(counters: [String] = []) {
    for name in counters { _ = makeCounter(label: name, dimensions: []) }
  }

  /// What was measured so far, in order of names and labels.
  var snapshot: [(series: Series, instrument: Instrument)] {
    instruments.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    instruments.withLock { instruments in
      let series = Series(name: label, labels: dimensions)
      if case .counter(let counter) = instruments[series] { return counter }
      let counter = PrometheusCounter()
      instruments[series] = .counter(counter)
      return counter
    }
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    gauge(label, dimensions)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    instruments.withLock { instruments in
      let series = Series(name: label, labels: dimensions)
      if case .histogram(let histogram) = instruments[series] { return histogram }
      let histogram = PrometheusHistogram()
      instruments[series] = .histogram(histogram)
      return histogram
    }
  }

  private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
    instruments.withLock { instruments in
      let series = Series(name: label, labels: dimensions)
      if case .gauge(let gauge) = instruments[series] { return gauge }
      let gauge = PrometheusGauge()
      instruments[series] = .gauge(gauge)
      return gauge
    }
  }

  // What was measured stays: Prometheus wants counters that only grow.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}
