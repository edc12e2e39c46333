package import Metrics
import Synchronization

/// Stores the values of all metrics, so that Prometheus can read them.
///
/// This type is a backend for the library swift-metrics. All code that records a measurement depends only on the
/// protocol `MetricsFactory`.
package final class PrometheusRegistry: MetricsFactory {
  /// A series: the name of a metric, together with one value for each label.
  struct Series: Hashable, Comparable {
    let name: String
    /// The labels as text, for example `kind="update",result="applied"`.
    ///
    /// The text is empty if the metric has no labels.
    let labels: String

    init(name: String, labels: [(String, String)]) {
      self.name = name
      let pairs = labels.sorted { $0.0 < $1.0 }.map { "\($0)=\"\(Self.escaped($1))\"" }
      self.labels = pairs.joined(separator: ",")
    }

    static func < (left: Series, right: Series) -> Bool { (left.name, left.labels) < (right.name, right.labels) }

    /// Returns the value of a label, with the escapes that Prometheus's text format requires.
    private static func escaped(_ text: String) -> String {
      // Most values need no escape and are returned here. This saves time, because the labels of a request to Microsoft
      // Graph are built for each request.
      guard text.utf8.contains(where: { "\\\"\n".utf8.contains($0) }) else { return text }
      return text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
  }

  /// The value of one series.
  enum Instrument {
    case counter(PrometheusCounter)
    case gauge(PrometheusGauge)
    case histogram(PrometheusHistogram)
  }

  private let instruments = Mutex<[Series: Instrument]>([:])

  /// Creates a registry.
  ///
  /// - Parameter counters: The names of the counters that exist from the start with the value 0. An alert rule needs a
  ///   value even if the counter was never used.
  package init(counters: [String] = []) {
    for name in counters { _ = makeCounter(label: name, dimensions: []) }
  }

  /// All series with their values, sorted by name and labels.
  var snapshot: [(series: Series, instrument: Instrument)] {
    instruments.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  /// Removes all series of these metrics. Call this method if their values are not known any more.
  func remove(_ names: [String]) {
    instruments.withLock { instruments in instruments = instruments.filter { !names.contains($0.key.name) } }
  }

  /// Returns the counter of a series, and creates the counter at its first use.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    instruments.withLock { instruments in
      let series = Series(name: label, labels: dimensions)
      if case .counter(let counter) = instruments[series] { return counter }
      let counter = PrometheusCounter()
      instruments[series] = .counter(counter)
      return counter
    }
  }

  /// Returns the gauge of a series.
  ///
  /// A gauge is also used as a recorder, because this registry stores only the newest value of a recorder.
  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    gauge(label, dimensions)
  }

  /// Returns the gauge of a series, and creates the gauge at its first use.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  /// Returns the histogram of a series, and creates the histogram at its first use.
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

  // All values are kept until the process ends, because Prometheus expects counters that only grow.

  /// Does nothing, so the value of the counter is kept.
  package func destroyCounter(_ handler: any CounterHandler) {}
  /// Does nothing, so the value of the gauge is kept.
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Does nothing, so the value of the gauge is kept.
  package func destroyMeter(_ handler: any MeterHandler) {}
  /// Does nothing, so the values of the histogram are kept.
  package func destroyTimer(_ handler: any TimerHandler) {}
}
