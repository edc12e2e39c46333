import ReflogFormats
import ReflogModel

/// Everything that can be asked of the server.
enum OpenAPIOperations {
  static let all = graphSurface + historySurface + doors

  private static let flows = "/{version}/identity/{flowType}"
  private static let configuration = flows + "/{flow}/apiConnectorConfiguration"
  private static let reference = configuration + "/{step}/$ref"
  private static let connectors = "/{version}/identity/apiConnectors"
  private static let changes = "/{version}/auditLogs/connectorChanges"
  private static let ofChange = ["client-request-id", "Idempotency-Key", "Reflog-Reason"]
  private static let expand: (String, JSONObject) = ("$expand", ["type": "string", "maxLength": .integer(400)])
  private static let page: [(String, JSONObject)] = [
    ("$top", ["type": "integer", "minimum": .integer(1), "maximum": .integer(1000)]),
    ("$skiptoken", ["type": "string", "maxLength": .integer(200)]),
    ("raw", ["type": "boolean"]), ("excel", ["type": "boolean"]),
  ]

  private static func formats(_ formats: [JSONValue]) -> [(String, JSONObject)] {
    [("$format", ["type": "string", "enum": .array(formats)])]
  }

  /// Shorter than what is taken: encoded, a URL must still fit the limit of all headers together.
  private static let filter: (String, JSONObject) = ("$filter", ["type": "string", "maxLength": .integer(1000)])

  private static let questions: [(String, JSONObject)] = [
    ("$filter", ["type": "string", "maxLength": .integer(1000), "example": "result eq 'applied'"]),
    ("$orderby", ["type": "string", "enum": .array(["activityDateTime", "id", "activityDateTime desc", "id asc"])]),
    ("$count", ["type": "boolean"]), ("$select", ["type": "string", "example": "id,kind"]),
  ]

  private static let graphSurface: [OpenAPIOperation] = [
    .init(method: "GET", path: flows, summary: "Lists user flows.", successes: [(200, "List")]),
    .init(
      method: "POST",
      path: flows,
      summary: "Creates a user flow; each reference in it is a recorded change.",
      headers: ofChange,
      body: ("UserFlow", true),
      successes: [(201, "Entity")]
    ),
    .init(method: "GET", path: flows + "/{flow}", summary: "One user flow.", successes: [(200, "Entity")]),
    .init(
      method: "PATCH",
      path: flows + "/{flow}",
      summary: "Edits a user flow's language settings.",
      body: ("Entity", true),
      successes: [(204, nil)]
    ),
    .init(
      method: "DELETE",
      path: flows + "/{flow}",
      summary: "Deletes a user flow; each reference in it is a recorded change.",
      headers: ofChange,
      successes: [(204, nil)]
    ),
    .init(
      method: "GET",
      path: configuration,
      summary: "What the steps of a user flow call.",
      query: [expand],
      successes: [(200, "Entity")]
    ),
    .init(
      method: "GET",
      path: configuration + "/{step}",
      summary: "The connector that a step calls.",
      successes: [(200, "Entity"), (204, nil)]
    ),
    .init(method: "GET", path: reference, summary: "The reference.", successes: [(200, "Reference"), (204, nil)]),
    .init(
      method: "PUT",
      path: reference,
      summary: "Points a step at a connector, or with an empty object at nothing.",
      headers: ofChange + ["If-Match"],
      body: ("ReferenceUpdate", true),
      successes: [(204, nil)]
    ),
    .init(
      method: "DELETE",
      path: reference,
      summary: "Points a step at nothing.",
      headers: ofChange + ["If-Match"],
      successes: [(204, nil)]
    ),
    .init(method: "GET", path: connectors, summary: "Lists API connectors.", successes: [(200, "List")]),
    .init(
      method: "POST",
      path: connectors,
      summary: "Creates an API connector; recorded.",
      headers: ofChange,
      body: ("Connector", true),
      successes: [(201, "Entity")]
    ),
    .init(
      method: "GET",
      path: connectors + "/{connector}",
      summary: "One API connector.",
      successes: [(200, "Entity")]
    ),
    .init(
      method: "PATCH",
      path: connectors + "/{connector}",
      summary: "Edits an API connector; recorded.",
      headers: ofChange,
      body: ("Connector", true),
      successes: [(204, nil)]
    ),
    .init(
      method: "DELETE",
      path: connectors + "/{connector}",
      summary: "Deletes an API connector; recorded.",
      headers: ofChange,
      successes: [(204, nil)]
    ),
    .init(
      method: "POST",
      path: connectors + "/{connector}/uploadClientCertificate",
      summary: "Gives an API connector a certificate; recorded.",
      headers: ofChange,
      body: ("Certificate", true),
      successes: [(200, "Entity")]
    ),
  ]

  private static let historySurface: [OpenAPIOperation] = [
    .init(
      method: "GET",
      path: changes,
      summary: "History, newest first; as CSV all of it, oldest first.",
      query: questions + page + formats(["json"] + ExportFormat.allCases.map { .string($0.rawValue) })
        + [("after", ["type": "integer", "minimum": .integer(0)]), ("manifest", ["type": "boolean"])],
      successes: [(200, "Entity")]
    ),
    .init(
      method: "GET",
      path: changes + "/{change}",
      summary: "One change; or its records, or its receipt.",
      query: formats(["json", "record", "tlog-proof"]),
      successes: [(200, "Change")]
    ),
    .init(
      method: "POST",
      path: changes + "/{change}/rollback",
      summary: "Brings back what stood before a change, or answers the plan.",
      headers: ofChange,
      body: ("Rollback", false),
      successes: [(200, "Entity")]
    ),
    .init(
      method: "POST",
      path: changes + "/{change}/reconcile",
      summary: "Looks at what became of a pending change, or settles it by an operator's word.",
      body: ("Statement", false),
      successes: [(200, "Change")]
    ),
    .init(
      method: "GET",
      path: "/{version}/auditLogs/connectorConfigurations",
      summary: "What each step holds of which anything is on record, or held.",
      query: [("asOf", ["type": "string", "example": "2026-03-03T02:00:00Z"]), filter],
      successes: [(200, "List")]
    ),
    .init(
      method: "POST",
      path: "/{version}/auditLogs/connectorConfigurations/rollback",
      summary: "Brings back what stood at a time, or answers the plan.",
      headers: ["client-request-id", "Reflog-Reason"],
      body: ("TimeRollback", true),
      successes: [(200, "Entity"), (202, "Entity")]
    ),
    .init(
      method: "GET",
      path: "/{version}/auditLogs/connectorConfigurations/rollback/{batch}",
      summary: "How far a rollback to a time came.",
      successes: [(200, "Entity")]
    ),
    .init(
      method: "GET",
      path: "/{version}/auditLogs/serviceEvents",
      summary: "What happened to Reflog itself, newest first; as CSV all of it, oldest first.",
      query: questions + page + formats(["json", "csv", "jsonl"])
        + [("after", ["type": "integer", "minimum": .integer(0)])],
      successes: [(200, "List")]
    ),
    .init(
      method: "GET",
      path: "/{version}/reflog/status",
      summary: "What the ledger holds.",
      successes: [(200, "Entity")]
    ),
    .init(method: "GET", path: "/{version}/reflog/tokens", summary: "API tokens; admin.", successes: [(200, "List")]),
    .init(
      method: "POST",
      path: "/{version}/reflog/tokens",
      summary: "Makes an API token and shows it once; admin.",
      body: ("Token", true),
      successes: [(201, "Entity")]
    ),
    .init(
      method: "DELETE",
      path: "/{version}/reflog/tokens/{token}",
      summary: "Revokes an API token; admin.",
      successes: [(204, nil)]
    ),
    .init(
      method: "GET",
      path: "/{version}/auditLogs/exportManifests/{manifest}",
      summary: "The signed manifest of an export that was taken whole.",
      successes: [(200, "Text")],
      contentType: "text/plain"
    ),
    .init(
      method: "GET",
      path: "/{version}/reflog/retention",
      summary: "How long history is kept, and the newest purge; admin.",
      successes: [(200, "Entity")]
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/retention",
      summary: "Says how long history is kept; admin.",
      body: ("Retention", true),
      successes: [(200, "Entity")]
    ),
    .init(
      method: "DELETE",
      path: "/{version}/reflog/retention",
      summary: "Keeps history for ever; admin.",
      successes: [(204, nil)]
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/retention/purge",
      summary: "Deletes what need not be kept any more, or answers the plan; admin.",
      body: ("Purge", false),
      successes: [(200, "Entity"), (202, "Entity")]
    ),
    .init(method: "GET", path: "/{version}/reflog/holds", summary: "Legal holds; admin.", successes: [(200, "List")]),
    .init(
      method: "POST",
      path: "/{version}/reflog/holds",
      summary: "Places a legal hold; admin.",
      body: ("Hold", true),
      successes: [(201, "Entity")]
    ),
    .init(
      method: "DELETE",
      path: "/{version}/reflog/holds/{hold}",
      summary: "Releases a legal hold; admin.",
      successes: [(204, nil)]
    ),
    .init(
      method: "GET",
      path: "/{version}/reflog/erasures",
      summary: "Erasures of what was on record of people; admin.",
      successes: [(200, "List")]
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/erasures",
      summary: "Erases what is on record of a person, or answers the plan; admin.",
      body: ("Erasure", true),
      successes: [(200, "Entity"), (202, "List")]
    ),
    .init(
      method: "POST",
      path: "/{version}/reflog/keys",
      summary: "Signs the log with a new key from now on; admin.",
      successes: [(201, "Entity")]
    ),
    .init(
      method: "GET",
      path: "/{version}/reflog/backup",
      summary: "The whole ledger as a SQLite file; admin.",
      successes: [(200, "Text")],
      contentType: "application/vnd.sqlite3"
    ),
    .init(
      method: "GET",
      path: "/metrics",
      summary: "Numbers for Prometheus.",
      successes: [(200, "Text")],
      contentType: "text/plain"
    ),
  ]

  private static let doors: [OpenAPIOperation] = [
    .init(
      method: "GET",
      path: "/livez",
      summary: "Whether the process lives.",
      successes: [(200, "Text")],
      contentType: "text/plain",
      isOpen: true
    ),
    .init(
      method: "GET",
      path: "/readyz",
      summary: "Whether the ledger takes changes.",
      successes: [(200, "Text"), (503, "Text")],
      contentType: "text/plain",
      isOpen: true
    ),
    .init(
      method: "GET",
      path: "/checkpoint",
      summary: "The newest signed checkpoint of the log.",
      successes: [(200, "Text"), (503, "Error")],
      contentType: "text/plain",
      isOpen: true
    ),
    .init(
      method: "GET",
      path: "/openapi.json",
      summary: "This description.",
      successes: [(200, "Entity")],
      isOpen: true
    ),
  ]
}
