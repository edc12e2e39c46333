package import ReflogModel

extension RollbackPlan {
  /// The plan as JSON of the history API.
  package var json: JSONObject {
    ["dryRun": .bool(true), "rollbackOf": .string(rollbackOf.description)] + address.json + [
      "before": .object(before.json),
      "after": .object(after.json),
      "supersededBy": .array(supersededBy.map { .string($0.description) }),
      "drifted": .bool(isDrifted),
      "connectorExists": .bool(connectorExists),
      "summary": .string(summary),
    ]
  }
}
