package import Logging
package import Metrics
package import ReflogModel

/// Tells log and metrics what became of changes.
package struct ChangeReporter: Sendable {
  private let factory: any MetricsFactory
  private let logger: Logger

  package init(factory: any MetricsFactory, logger: Logger) {
    self.factory = factory
    self.logger = logger
  }

  /// Reports a change that has just been settled. What somebody did without Reflog is loud.
  package func report(_ change: Change) {
    let (kind, result) = (change.intent.kind, change.result)
    let labels = [("kind", kind.rawValue), ("result", result.rawValue)]
    Counter(label: "reflog_changes_total", dimensions: labels, factory: factory).increment()
    if kind == .drift { Counter(label: "reflog_drift_total", factory: factory).increment() }
    logger.log(
      level: kind == .drift || result == .superseded ? .warning : .info,
      "change",
      metadata: [
        "id": "\(change.id)", "kind": "\(kind.rawValue)", "result": "\(result.rawValue)",
        "subject": "\(change.intent.subject.address?.description ?? "connector")",
        "before": "\(change.intent.before.connectorID?.text ?? change.intent.before.state.rawValue)",
        "after": "\(change.after.connectorID?.text ?? change.after.state.rawValue)",
        "request-id": "\(change.intent.requestID)",
      ]
    )
  }
}
