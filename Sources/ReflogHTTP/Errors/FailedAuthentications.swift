import Metrics
import ReflogService

/// Counts the requests without a valid credential, in a metric and in service events.
struct FailedAuthentications {
  let events: EventRecorder
  let metrics: any MetricsFactory

  func count(from ipAddress: String?) {
    Counter(label: "reflog_unauthenticated_total", factory: metrics).increment()
    events.countFailure(from: ipAddress)
  }
}
