extension [Change.ChangedProperty] {
  /// `[{"name","before","after"}]`, the same in the ledger, in JSON and in CSV.
  package var json: JSONValue {
    .array(
      map { property in
        .object([
          "name": .string(property.name), "before": .optional(property.before), "after": .optional(property.after),
        ])
      }
    )
  }
}
