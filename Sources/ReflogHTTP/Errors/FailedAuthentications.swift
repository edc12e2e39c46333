import Metrics
import ReflogService

/// Counts requests that could not prove to be anybody's.
struct FailedAuthentications {
  let events: EventRecorder
  let metrics: any MetricsFactory

  func count(from ipAddress: String?) {
    Counter(label: "reflog_unauthenticated_total", factory: metrics).increment()
    events.countFailure(from: ipAddress)
  }
}
