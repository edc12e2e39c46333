import FoundationEssentials
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import ReflogModel
import ReflogService

/// The numbers of the house in Prometheus's text format.
struct MetricsController {
  let registry: PrometheusRegistry
  let history: HistoryService
  let walBytes: @Sendable () -> Int64
  let isReady: @Sendable () -> Bool

  func addRoutes(to router: some RouterMethods<ReflogRequestContext>) {
    router.get("/metrics", use: metrics)
  }

  private func metrics(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let status = try await history.status()
    let age = status.oldestPending.map { Timestamp(Date()).since($0) } ?? .zero
    record("reflog_pending_oldest_seconds", max(0, Double(age.components.seconds)))
    record("reflog_pending_changes", Double(status.pendingChanges))
    record("reflog_sweep_last_success_timestamp_seconds", Double((status.verified?.microseconds ?? 0) / 1_000_000))
    record("reflog_wal_bytes", Double(walBytes()))
    record("reflog_ready", isReady() ? 1 : 0)
    return Response(
      status: .ok,
      headers: [.contentType: PrometheusText.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(string: PrometheusText(registry).text))
    )
  }

  private func record(_ label: String, _ value: Double) {
    Gauge(label: label, factory: registry).record(value)
  }
}
