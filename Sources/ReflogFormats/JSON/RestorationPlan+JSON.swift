package import ReflogModel

extension RestorationPlan {
  /// The plan as JSON of the history API.
  ///
  /// - Parameter callers: The steps that call the connector now, and their number. If there are many steps, `addresses`
  ///   contains only the first ones.
  package func json(calledBy callers: (addresses: [Address], count: Int)) -> JSONObject {
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
      "doneBy": .optional(done?.id.description),
      "calledBy": .array(callers.addresses.map { .object($0.json) }),
      "calledByCount": .integer(Int64(callers.count)),
      "summary": .string(summary),
    ]
  }
}
