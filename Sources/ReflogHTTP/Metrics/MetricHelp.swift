/// The help texts of the metrics.
package enum MetricHelp {
  /// The help text of each metric.
  ///
  /// The key is the name of the metric.
  package static let texts = [
    "reflog_change_seconds": "Seconds that a request for a change took, with the wait for its keyed lock.",
    "reflog_changes_total": "Settled changes, by kind and result.",
    "reflog_drift_total": "Changes made without Reflog, counted when they were found.",
    "reflog_freeze_overrides_total": "Requests for changes that were sent in spite of a freeze.",
    "reflog_freeze_refusals_total": "Requests for changes that a freeze refused.",
    "reflog_freezes": "Freezes that are in force.",
    "reflog_frozen_drift_total": "Changes made without Reflog, certainly or possibly during a freeze.",
    "reflog_graph_requests_total": "Requests to Microsoft Graph and its login service, by status.",
    "reflog_graph_seconds": "Seconds that a request to Microsoft Graph or its login service took.",
    "reflog_http_requests_total": "Answered requests, by status.",
    "reflog_ledger_commits_total": "Transactions that the ledger committed.",
    "reflog_pending_changes": "Changes whose outcome is not known yet.",
    "reflog_pending_oldest_seconds": "The age of the oldest pending change in seconds; 0 if none is pending.",
    "reflog_ready": "1 if the ledger accepts changes, else 0.",
    "reflog_sql_statements_total": "SQL statements that the ledger's writer ran.",
    "reflog_sweep_failures_total": "Sweeps that could not read everything.",
    "reflog_sweep_last_success_timestamp_seconds": "Unix time of the last complete sweep; 0 if there was none.",
    "reflog_token_next_expiry_timestamp_seconds": "Unix time of the next expiry of a valid token; 0 if none.",
    "reflog_token_read_failures_total":
      "Answers of /metrics that lack the metrics of tokens, because the tokens could not be read.",
    "reflog_tokens_expiring": "Valid API tokens that expire within 14 days.",
    "reflog_unauthenticated_total": "Requests without a valid credential.",
    "reflog_unread_oldest_timestamp_seconds": "Unix time since which a part of the directory can't be read; 0 if none.",
    "reflog_unread_parts": "Lists and user flows that the last sweep could not read.",
    "reflog_unreadable_forwarding_total": "Requests from a trusted proxy whose forwarding headers could not be read.",
    "reflog_wal_bytes": "The size of the ledger's write-ahead log in bytes.",
    "reflog_webhook_failing_since_timestamp_seconds": "Unix time since which a webhook fails; 0 if it works.",
    "reflog_webhook_failures_total": "Failed attempts to send a message, by receiver of webhooks.",
    "reflog_webhook_messages_total": "Messages that were accepted, by receiver of webhooks.",
    "reflog_webhook_stopped": "1 if a webhook gets no more messages until the next start, else 0.",
    "reflog_webhook_waiting_entries": "Entries of the log that wait for a webhook.",
  ]

  /// The names of the counters that exist with the value zero when the server starts.
  package static let counters = [
    "reflog_drift_total", "reflog_freeze_overrides_total", "reflog_freeze_refusals_total", "reflog_frozen_drift_total",
    "reflog_sweep_failures_total", "reflog_token_read_failures_total", "reflog_unauthenticated_total",
    "reflog_unreadable_forwarding_total",
  ]
}
