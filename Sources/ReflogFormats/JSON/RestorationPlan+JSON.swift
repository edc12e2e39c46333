package import ReflogModel

extension RestorationPlan {
  /// The plan as JSON of the history API.
  ///
  /// - Parameter callers: The steps that call the connector now.
  package func json(calledBy callers: [Address]) -> JSONObject {
    [
      "dryRun": .bool(true),
      "restores": .string(change.id.description),
      "connector": .object(ConnectorReference.connector(values.connector, displayName: connectorName).json),
      "properties": .array(
        properties.map { property in
          .object([
            "name": .string(property.name), "before": .optional(property.before), "after": .optional(property.after),
          ])
        }
      ),
      "supersededBy": .array(supersededBy.reversed().map { .string($0.id.description) }),
      "calledBy": .array(callers.map { .object($0.json) }),
      "summary": .string(summary),
    ]
  }
}
