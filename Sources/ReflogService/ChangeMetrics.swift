package import Metrics
package import ReflogModel

/// Counts what became of changes.
package struct ChangeMetrics: Sendable {
  private let factory: any MetricsFactory

  package init(factory: any MetricsFactory) {
    self.factory = factory
  }

  /// Counts a change that has just been settled.
  package func count(_ change: Change) {
    let labels = [("kind", change.intent.kind.rawValue), ("result", change.result.rawValue)]
    Counter(label: "reflog_changes_total", dimensions: labels, factory: factory).increment()
    if change.intent.kind == .drift { Counter(label: "reflog_drift_total", factory: factory).increment() }
  }
}
