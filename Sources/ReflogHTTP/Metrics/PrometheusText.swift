/// The metrics of a registry in Prometheus's text exposition format 0.0.4.
struct PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  init(_ registry: PrometheusRegistry) {
    var family = ""
    for (series, instrument) in registry.snapshot {
      if series.name != family {
        family = series.name
        if let help = MetricHelp.texts[family] { text += "# HELP \(family) \(help)\n" }
        text += "# TYPE \(family) \(instrument.type)\n"
      }
      switch instrument {
      case .counter(let counter): line(series.name, series.labels, "\(counter.value)")
      case .gauge(let gauge): line(series.name, series.labels, Self.number(gauge.value))
      case .histogram(let histogram): lines(of: histogram, series)
      }
    }
  }

  private mutating func lines(of histogram: PrometheusHistogram, _ series: PrometheusRegistry.Series) {
    let state = histogram.value
    let bounds = PrometheusHistogram.bounds.map(Self.number) + ["+Inf"]
    let separator = series.labels.isEmpty ? "" : ","
    var cumulated: Int64 = 0
    for (bound, count) in zip(bounds, state.counts) {
      cumulated += count
      line(series.name + "_bucket", "\(series.labels)\(separator)le=\"\(bound)\"", "\(cumulated)")
    }
    line(series.name + "_sum", series.labels, Self.number(state.sum))
    line(series.name + "_count", series.labels, "\(cumulated)")
  }

  private mutating func line(_ name: String, _ labels: String, _ value: String) {
    text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
  }

  /// Returns a number as text.
  ///
  /// A whole number is written without a fraction.
  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension PrometheusRegistry.Instrument {
  fileprivate var type: String {
    switch self {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}
