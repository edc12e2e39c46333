import ReflogFormats
import ReflogModel

/// All operations of the Graph API, of the history API and of the routes that need no credential.
enum OpenAPIOperations {
  /// All operations, in the order in which the description lists them.
  static let all = graphSurface + historySurface + [evidence] + freezes + openRoutes

  private static let flows = "/{version}/identity/{flowType}"
  private static let configuration = flows + "/{flow}/apiConnectorConfiguration"
  private static let reference = configuration + "/{step}/$ref"
  private static let connectors = "/{version}/identity/apiConnectors"
  private static let changes = "/{version}/auditLogs/connectorChanges"
  private static let changeHeaders = ["client-request-id", "Idempotency-Key", "Reflog-Reason", "Reflog-Override"]

  private static let graphSurface: [OpenAPIOperation] = [
    .get(flows, "Lists user flows.", returns: "List"),
    .post(
      flows,
      "Creates a user flow. Each reference in it is recorded as a change.",
      headers: changeHeaders,
      body: "UserFlow",
      returns: "Entity"
    ),
    .get(flows + "/{flow}", "Returns a user flow.", returns: "Entity"),
    .init(
      method: "PATCH",
      path: flows + "/{flow}",
      summary: "Edits a user flow's language settings.",
      body: ("Entity", true),
      successes: [(204, nil)]
    ),
    .delete(
      flows + "/{flow}",
      "Deletes a user flow. Each reference that it had is recorded as a change.",
      headers: changeHeaders
    ),
    .get(
      configuration,
      "Returns the connectors that the steps of a user flow call.",
      query: [expand],
      returns: "Entity"
    ),
    .init(
      method: "GET",
      path: configuration + "/{step}",
      summary: "Returns the connector that a step calls.",
      successes: [(200, "Entity"), (204, nil)]
    ),
    .init(
      method: "GET",
      path: reference,
      summary: "Returns the reference of a step.",
      successes: [(200, "Reference"), (204, nil)]
    ),
    .init(
      method: "PUT",
      path: reference,
      summary: "Sets the reference of a step. An empty object clears it.",
      headers: changeHeaders + ["If-Match"],
      body: ("ReferenceUpdate", true),
      successes: [(204, nil)]
    ),
    .delete(reference, "Clears the reference of a step.", headers: changeHeaders + ["If-Match"]),
    .get(connectors, "Lists API connectors.", returns: "List"),
    .post(
      connectors,
      "Creates an API connector. The change is recorded.",
      headers: changeHeaders,
      body: "Connector",
      returns: "Entity"
    ),
    .get(connectors + "/{connector}", "Returns an API connector.", returns: "Entity"),
    .init(
      method: "PATCH",
      path: connectors + "/{connector}",
      summary: "Edits an API connector. The change is recorded.",
      headers: changeHeaders,
      body: ("Connector", true),
      successes: [(204, nil)]
    ),
    .delete(connectors + "/{connector}", "Deletes an API connector. The change is recorded.", headers: changeHeaders),
    .init(
      method: "POST",
      path: connectors + "/{connector}/uploadClientCertificate",
      summary: "Uploads a client certificate for an API connector. The change is recorded.",
      headers: changeHeaders,
      body: ("Certificate", true),
      successes: [(200, "Entity")]
    ),
  ]

  private static let historySurface: [OpenAPIOperation] = [
    .get(
      changes,
      "Returns a page of changes, newest first, or exports all matching changes, oldest first.",
      query: queryOptions + page + formats(["json"] + ExportFormat.allCases.map { .string($0.rawValue) })
        + [("after", ["type": "string"]), ("manifest", ["type": "boolean"]), flowScope],
      returns: "Entity"
    ),
    .get(
      changes + "/{change}",
      "Returns a change, its log records, or its receipt.",
      query: formats(["json", "record", "tlog-proof"]),
      returns: "Change"
    ),
    .init(
      method: "POST",
      path: changes + "/{change}/rollback",
      summary: "Rolls back a change, or returns only the plan of the rollback.",
      headers: changeHeaders,
      body: ("Rollback", false),
      successes: [(200, "Entity")]
    ),
    .init(
      method: "POST",
      path: changes + "/{change}/restore",
      summary: "Restores the values before an edit of a connector, or returns only the plan.",
      headers: changeHeaders,
      body: ("Rollback", false),
      successes: [(200, "Entity")]
    ),
    .init(
      method: "POST",
      path: changes + "/{change}/reconcile",
      summary: "Settles a pending change. Reflog reads the directory, or records an operator's statement.",
      body: ("Statement", false),
      successes: [(200, "Change")]
    ),
    .get(
      "/{version}/auditLogs/connectorConfigurations",
      "Returns the reference of every recorded step, now or at a given time, or returns the differences between two "
        + "times.",
      query: [
        ("asOf", ["type": "string", "example": "2026-03-03T02:00:00Z"]),
        ("compareWith", ["type": "string", "example": "2026-03-31T00:00:00Z"]), filter,
      ],
      returns: "List"
    ),
    .init(
      method: "POST",
      path: "/{version}/auditLogs/connectorConfigurations/rollback",
      summary: "Rolls back all flows or one flow to a time, or returns the plan.",
      headers: ["client-request-id", "Reflog-Reason", "Reflog-Override"],
      body: ("TimeRollback", true),
      successes: [(200, "Entity"), (202, "Entity")]
    ),
    .get(
      "/{version}/auditLogs/connectorConfigurations/rollback/{batch}",
      "Returns the progress of a rollback to a time.",
      returns: "Entity"
    ),
    .get(
      "/{version}/auditLogs/serviceEvents",
      "Returns a page of service events, newest first, or exports all of them, oldest first.",
      query: queryOptions + page + formats(["json", "csv", "jsonl"]) + [("after", ["type": "string"])],
      returns: "List"
    ),
    .get("/{version}/reflog/status", "Returns the status of the ledger.", returns: "Entity"),
    .get("/{version}/reflog/tokens", "Lists API tokens. Admins only.", returns: "List"),
    .post(
      "/{version}/reflog/tokens",
      "Creates an API token and returns it once. Admins only.",
      body: "Token",
      returns: "Entity"
    ),
    .delete("/{version}/reflog/tokens/{token}", "Revokes an API token. Admins only."),
    .get(
      "/{version}/auditLogs/exportManifests/{manifest}",
      "Returns the signed manifest of a completed export.",
      returns: "Text",
      contentType: "text/plain"
    ),
    .get(
      "/{version}/reflog/retention",
      "Returns the retention policy and the newest purge. Admins only.",
      returns: "Entity"
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/retention",
      summary: "Sets the retention policy. Admins only.",
      body: ("Retention", true),
      successes: [(200, "Entity")]
    ),
    .delete("/{version}/reflog/retention", "Removes the retention policy, so history is kept for ever. Admins only."),
    .init(
      method: "POST",
      path: "/{version}/reflog/retention/purge",
      summary: "Purges history that the retention policy does not keep, or returns the plan. Admins only.",
      body: ("Purge", false),
      successes: [(200, "Entity"), (202, "Entity")]
    ),
    .get("/{version}/reflog/holds", "Lists legal holds. Admins only.", returns: "List"),
    .post("/{version}/reflog/holds", "Places a legal hold. Admins only.", body: "Hold", returns: "Entity"),
    .delete("/{version}/reflog/holds/{hold}", "Releases a legal hold. Admins only."),
    .get("/{version}/reflog/erasures", "Lists erasures of personal data. Admins only.", returns: "List"),
    .init(
      method: "POST",
      path: "/{version}/reflog/erasures",
      summary: "Erases the recorded data of a person, an application or a token, or returns the plan. Admins only.",
      body: ("Erasure", true),
      successes: [(200, "Entity"), (202, "List")]
    ),
    .post("/{version}/reflog/keys", "Replaces the key that signs the log. Admins only.", returns: "Entity"),
    .init(
      method: "POST",
      path: "/{version}/reflog/keys/confirm",
      summary: "Confirms the replacement of a lost signing key. Admins only.",
      successes: [(200, "Entity")]
    ),
    .get(
      "/{version}/reflog/backup",
      "Returns a copy of the ledger as a SQLite file. Admins only.",
      returns: "Text",
      contentType: "application/vnd.sqlite3"
    ),
    .get("/metrics", "Returns the metrics in Prometheus's text format.", returns: "Text", contentType: "text/plain"),
  ]

  /// The routes that need no credential.
  private static let openRoutes: [OpenAPIOperation] = [
    .get("/livez", "Answers 200 while the process is alive.", returns: "Text", contentType: "text/plain", isOpen: true),
    .init(
      method: "GET",
      path: "/readyz",
      summary: "Answers 200 if the ledger accepts changes, else 503.",
      successes: [(200, "Text"), (503, "Text")],
      contentType: "text/plain",
      isOpen: true
    ),
    .init(
      method: "GET",
      path: "/checkpoint",
      summary: "Returns the newest signed checkpoint of the log.",
      successes: [(200, "Text"), (503, "Error")],
      contentType: "text/plain",
      isOpen: true
    ),
    .get("/openapi.json", "Returns this description.", returns: "Entity", isOpen: true),
  ]
}
