/// What each metric means.
package enum MetricHelp {
  package static let texts = [
    "reflog_change_seconds": "How long requests for a change took, from the turn to the answer.",
    "reflog_changes_total": "Changes that were settled, by kind and result.",
    "reflog_drift_total": "Changes that somebody made without Reflog, as they were found.",
    "reflog_graph_requests_total": "Exchanges with Microsoft Graph and its login, by status.",
    "reflog_graph_seconds": "How long exchanges with Microsoft Graph and its login took.",
    "reflog_http_requests_total": "Requests that were answered, by status.",
    "reflog_ledger_commits_total": "Transactions that the ledger committed.",
    "reflog_pending_changes": "Changes of which it is not known yet whether they took place.",
    "reflog_pending_oldest_seconds": "The age of the oldest pending change, 0 where there is none.",
    "reflog_ready": "1 while changes are taken.",
    "reflog_sql_statements_total": "Statements that the ledger's writer ran.",
    "reflog_sweep_failures_total": "Sweeps that could not look at everything.",
    "reflog_sweep_last_success_timestamp_seconds": "When a sweep last looked at everything; 0: never.",
    "reflog_unauthenticated_total": "Requests whose caller could not prove to be anybody.",
    "reflog_wal_bytes": "The size of the ledger's write-ahead log.",
  ]

  /// Those that count from zero on, whatever happens.
  package static let counters = ["reflog_drift_total", "reflog_sweep_failures_total", "reflog_unauthenticated_total"]
}
