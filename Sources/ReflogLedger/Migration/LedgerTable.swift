/// A table of a ledger and its stored columns, for the copy of a whole ledger.
package struct LedgerTable: Sendable {
  package let name: String
  /// The columns of the primary key; rows are copied in the order of their keys.
  let key: [String]
  /// All stored columns; the first columns are the columns of the key.
  package let columns: [String]

  private init(_ name: String, key: [String] = ["id"], _ columns: [String]) {
    self.name = name
    self.key = key
    self.columns = key + columns
  }

  /// The columns that contain ids of requests.
  ///
  /// SQLite stores a GUID in these columns as 16 bytes, PostgreSQL as text.
  private static let requestIDs: Set = ["correlation_id", "request_id", "batch_id", "graph_request_id"]

  /// Returns whether a column contains ids of requests.
  func holdsRequestIDs(_ column: Int) -> Bool { Self.requestIDs.contains(columns[column]) }

  /// All tables of a ledger, except the API tokens and the tables in ``last``.
  ///
  /// If rows of a table refer to rows of another table, the other table comes first in this list.
  package static let first = identities + changes + events + log + retention + freezes + others

  /// The tables whose rows are copied last, because a copy with these rows is a usable ledger.
  package static let last = [
    LedgerTable("ledger", ["directory", "tenant_id", "created", "origin", "cursor_key"]),
    LedgerTable(
      "head",
      ["next_sequence", "next_change", "next_event", "newest_time", "frontier", "checkpoint", "verifier_key"]
    ),
  ]

  /// The API tokens, which a SQLite ledger has in a separate file.
  package static let tokens = LedgerTable(
    "token",
    ["secret_hash", "name", "role", "created", "expires", "revoked", "recorded", "last_used"]
  )

  private static let identities = [
    LedgerTable("flow", ["flow_type", "flow_id"]),
    LedgerTable("step", ["name"]),
    LedgerTable("address", ["flow", "step"]),
    LedgerTable("connector", ["connector_id"]),
    LedgerTable("connector_name", ["connector", "display_name"]),
    LedgerTable("actor", ["actor_type", "actor_id"]),
    LedgerTable("actor_name", ["actor", "name", "user_principal_name"]),
    LedgerTable("client_app", ["app_id"]),
  ]

  private static let changes = [
    // Erased personal data refers to a service event, so the service events are copied first.
    LedgerTable(
      "service_event",
      ["sequence", "time", "kind", "actor", "actor_proof", "client_app", "count", "details"]
    ),
    LedgerTable(
      "change",
      [
        "intent_sequence", "activity_time", "address", "kind", "before_connector", "before_absent", "before_name",
        "after_connector", "after_absent", "after_name", "changed_properties", "actor", "actor_proof", "client_app",
        "correlation_id", "request_id", "rollback_of", "rollback_to", "batch_id", "last_verified_time", "result",
        "outcome_sequence", "result_delay", "http_status", "error_code", "error_message", "retry_after",
        "settler", "graph_request_id", "created_connector", "created_name",
      ]
    ),
    LedgerTable(
      "change_personal",
      key: ["change"],
      ["salt", "actor_name", "ip_address", "reason", "erased_hash", "erased_event"]
    ),
    LedgerTable(
      "change_statement",
      key: ["change"],
      [
        "salt", "actor", "actor_proof", "client_app", "actor_name", "ip_address", "reason", "erased_hash",
        "erased_event",
      ]
    ),
  ]

  private static let events = [
    LedgerTable(
      "service_event_personal",
      key: ["event"],
      ["salt", "actor_name", "ip_address", "reason", "erased_hash", "erased_event"]
    )
  ]

  private static let log = [
    LedgerTable("entry", key: ["sequence"], ["change", "event", "hash", "salt"]),
    LedgerTable("subtree", key: ["level", "position"], ["hash"]),
  ]

  private static let retention = [
    LedgerTable("retention", ["days"]),
    LedgerTable("hold", ["name", "flow", "reason", "placed"]),
    LedgerTable("purge", ["before", "asked", "change", "event", "restarts", "finished"]),
    LedgerTable("purged_change", key: ["first"], ["last", "event"]),
    LedgerTable("purged_event", key: ["first"], ["last", "event"]),
    LedgerTable("erasure", ["actor", "event", "finished"]),
  ]

  private static let freezes = [
    LedgerTable("change_freeze", ["ends", "released"]),
    LedgerTable("freeze_override", key: ["change"], ["event"]),
  ]

  private static let others = [
    LedgerTable("time_rollback", key: ["batch_id"], ["as_of", "flow", "asked", "newest_change", "finished"]),
    LedgerTable("idempotency", key: ["key_hash"], ["body_hash", "change", "recorded"]),
    LedgerTable("seen_reference", key: ["address"], ["state", "connector", "seen"]),
    LedgerTable(
      "seen_connector",
      key: ["connector"],
      ["display_name", "target_url", "authentication", "entry", "seen"]
    ),
    LedgerTable("sweep", ["finished"]),
    LedgerTable("unread_part", key: ["name"], ["since", "reason"]),
  ]
}
