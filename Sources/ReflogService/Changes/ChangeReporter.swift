package import Logging
package import Metrics
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Reports settled changes to the metrics and to the service's log.
package final class ChangeReporter: Service {
  /// A line of the service's log about a change.
  private struct Line {
    let change: Change
    /// The freeze that covered the subject of the drift, and whether the change was certainly made during the freeze.
    ///
    /// The value is nil if the change is not a drift, or if no freeze covered the subject.
    var despite: (freeze: Freeze, isCertain: Bool)?
  }

  private struct Outcome: Hashable {
    let kind: Change.Kind
    let result: Change.Result
  }

  private let factory: any MetricsFactory
  private let logger: Logger
  private let counters = Mutex<[Outcome: Counter]>([:])
  private let unlogged: AsyncStream<Line>
  private let log: AsyncStream<Line>.Continuation
  private let state = Mutex<Freeze.Drift?>(nil)

  /// The maximum number of changes that wait to be written to the service's log.
  ///
  /// If more changes wait, the additional changes are not written to the service's log. The metrics still count all
  /// changes, and the ledger contains all changes.
  private static let capacity = 4096

  /// Creates a reporter.
  package init(factory: any MetricsFactory, logger: Logger) {
    self.factory = factory
    self.logger = logger
    (unlogged, log) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
  }

  /// Reports a change that was just settled.
  ///
  /// The ledger calls this method on its writer thread, so this method does not wait until the line is written to the
  /// service's log.
  package func report(_ change: Change) {
    count(change)
    if logger.logLevel <= Self.level(of: change) { log.yield(Line(change: change)) }
  }

  /// Reports a change that was made without Reflog while a freeze covered its subject.
  ///
  /// The ledger calls this method on its writer thread, so this method does not wait until the line is written to the
  /// service's log.
  ///
  /// - Parameters:
  ///   - drift: The change.
  ///   - freeze: The freeze.
  ///   - isCertain: Whether the change was certainly made while the freeze was in force.
  package func report(_ drift: Change, despite freeze: Freeze, isCertain: Bool) {
    Counter(label: "reflog_frozen_drift_total", factory: factory).increment()
    state.withLock { $0 = Freeze.Drift(change: drift.id, freeze: freeze.id, isCertain: isCertain) }
    log.yield(Line(change: drift, despite: (freeze, isCertain)))
  }

  /// The newest drift whose step or connector was certainly or possibly frozen.
  ///
  /// The value is nil if there was no such drift since the start of the server.
  package var newestFrozenDrift: Freeze.Drift? { state.withLock { $0 } }

  /// Writes changes to the log until the service stops.
  package func run() async {
    await withGracefulShutdownHandler {
      for await line in unlogged {
        var metadata = Self.metadata(of: line.change)
        guard let (freeze, isCertain) = line.despite else {
          logger.log(level: Self.level(of: line.change), "change", metadata: metadata)
          continue
        }
        metadata["freeze"] = "\(freeze.id)"
        metadata["scope"] = "\(freeze.scope)"
        logger.error(
          isCertain ? "drift despite a freeze" : "drift possibly despite a freeze",
          metadata: metadata
        )
      }
    } onGracefulShutdown: {
      self.log.finish()
    }
  }

  /// Returns the log level for a change.
  ///
  /// A change that was applied as requested has the level debug, because the ledger already contains the change. A
  /// change that was made without Reflog has the level warning.
  private static func level(of change: Change) -> Logger.Level {
    switch (change.intent.kind, change.result) {
    case (.drift, _), (_, .superseded): .warning
    case (_, .applied): .debug
    default: .info
    }
  }

  private func count(_ change: Change) {
    let outcome = Outcome(kind: change.intent.kind, result: change.result)
    let counter = counters.withLock { counters in
      if let known = counters[outcome] { return known }
      let labels = [("kind", outcome.kind.rawValue), ("result", outcome.result.rawValue)]
      let counter = Counter(label: "reflog_changes_total", dimensions: labels, factory: factory)
      counters[outcome] = counter
      return counter
    }
    counter.increment()
    if change.intent.kind == .drift { Counter(label: "reflog_drift_total", factory: factory).increment() }
  }

  private static func metadata(of change: Change) -> Logger.Metadata {
    [
      "id": "\(change.id)", "kind": "\(change.intent.kind.rawValue)", "result": "\(change.result.rawValue)",
      "subject": "\(change.intent.subject.address?.description ?? "connector")",
      "before": "\(change.intent.before.connectorID?.text ?? change.intent.before.state.rawValue)",
      "after": "\(change.after.connectorID?.text ?? change.after.state.rawValue)",
      "request-id": "\(change.intent.requestID)",
    ]
  }
}
