import FoundationEssentials
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import ReflogModel
import ReflogService
import Synchronization

/// Serves the metrics in Prometheus's text format.
struct MetricsController {
  let registry: PrometheusRegistry
  let history: HistoryService
  let changes: ChangeService
  /// The service for API tokens, or nil if the server does not accept API tokens.
  let tokens: TokenService?
  let ledgerFigures: @Sendable () -> LedgerFigures
  let isReady: @Sendable () -> Bool
  let webhooks: @Sendable () -> [WebhookStatus]
  private let counted = CountedFigures()

  func addRoutes(to router: some RouterMethods<ReflogRequestContext>) {
    router.get("/metrics", use: withoutOptions(metrics))
  }

  private func metrics(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let status = try await history.status()
    let age = status.oldestPending.map { Timestamp(Date()).since($0) } ?? .zero
    record("reflog_pending_oldest_seconds", max(0, Double(age.components.seconds)))
    record("reflog_pending_changes", Double(status.pendingChanges))
    record("reflog_sweep_last_success_timestamp_seconds", Double((status.verified?.microseconds ?? 0) / 1_000_000))
    record("reflog_unread_parts", Double(status.unreadCount))
    record("reflog_unread_oldest_timestamp_seconds", Double((status.unread.first?.since.microseconds ?? 0) / 1_000_000))
    record("reflog_freezes", Double(changes.countOfFreezesInForce))
    await recordTokens()
    let figures = ledgerFigures()
    record("reflog_wal_bytes", Double(figures.walBytes))
    counted.count(figures, registry)
    record("reflog_ready", isReady() ? 1 : 0)
    for webhook in webhooks() {
      record("reflog_webhook_waiting_entries", Double(webhook.waitingEntries), webhook)
      record("reflog_webhook_stopped", webhook.state == .stopped ? 1 : 0, webhook)
      let failing = Double((webhook.failingSince?.microseconds ?? 0) / 1_000_000)
      record("reflog_webhook_failing_since_timestamp_seconds", failing, webhook)
    }
    return Response(
      status: .ok,
      headers: [.contentType: PrometheusText.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(string: PrometheusText(registry).text))
    )
  }

  /// Sets the metrics about the expiry of tokens. If the tokens can't be read, removes these metrics and counts the
  /// failure.
  private func recordTokens() async {
    let (soon, next) = ("reflog_tokens_expiring", "reflog_token_next_expiry_timestamp_seconds")
    do {
      guard let expiries = try await tokens?.expiries() else { return }
      record(soon, Double(expiries.soon))
      record(next, Double((expiries.next?.microseconds ?? 0) / 1_000_000))
    } catch {
      registry.remove([soon, next])
      Counter(label: "reflog_token_read_failures_total", factory: registry).increment()
    }
  }

  private func record(_ label: String, _ value: Double) {
    Gauge(label: label, factory: registry).record(value)
  }

  private func record(_ label: String, _ value: Double, _ webhook: WebhookStatus) {
    Gauge(label: label, dimensions: [("receiver", webhook.name)], factory: registry).record(value)
  }
}

/// Updates three counters of the ledger: commits, SQL statements, and overrides of freezes.
///
/// Each call adds the difference between the current totals and the totals of the previous call.
private final class CountedFigures: Sendable {
  private let last = Mutex((commits: 0, statements: 0, overrides: 0))

  func count(_ figures: LedgerFigures, _ registry: PrometheusRegistry) {
    let new = last.withLock { last in
      defer { last = (figures.commits, figures.statements, figures.overrides) }
      return (
        commits: figures.commits - last.commits,
        statements: figures.statements - last.statements,
        overrides: figures.overrides - last.overrides
      )
    }
    Counter(label: "reflog_ledger_commits_total", factory: registry).increment(by: Int64(new.commits))
    Counter(label: "reflog_sql_statements_total", factory: registry).increment(by: Int64(new.statements))
    Counter(label: "reflog_freeze_overrides_total", factory: registry).increment(by: Int64(new.overrides))
  }
}
