package import ReflogModel

extension ConnectorEdits {
  /// The ids of the changes as JSON.
  var json: JSONValue { .array(changes.map { .string($0.id.description) }) }
}

extension RollbackPlan {
  /// The plan as JSON of the history API.
  package var json: JSONObject {
    ["dryRun": .bool(true), "rollbackOf": .string(rollbackOf.description)] + address.json + [
      "before": .object(before.json),
      "after": .object(after.json),
      "supersededBy": .array(supersededBy.map { .string($0.description) }),
      "drifted": .bool(isDrifted),
      "connectorExists": .bool(connectorExists),
      "editedBy": edits.map(\.json) ?? .array([]),
      "edited": currentEdits.map { edits in
        .object([
          "connector": .object(edits.connector.json), "editedBy": edits.json, "summary": .optional(note),
        ])
      } ?? .null,
      "summary": .string(summary),
    ]
  }
}
