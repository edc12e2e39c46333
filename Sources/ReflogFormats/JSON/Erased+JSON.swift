import ReflogModel

extension Erased {
  /// The object that identifies the erasure.
  private var json: JSONObject { JSONObject(self, Self.members) }

  private static let members = ErasedField.allCases.map { field in
    JSONMember<Erased>(field) { Optional($0)[field] }
  }

  /// Returns the member that identifies the erasure of an item's personal data; null if the data was not erased.
  static func member<Subject>(
    _ name: String = ErasedField.member,
    _ erased: @escaping @Sendable (Subject) -> Erased?
  ) -> JSONMember<Subject> {
    JSONMember(name, schema: ["type": "object", "nullable": .bool(true)]) {
      erased($0).map { .object($0.json) } ?? .null
    }
  }

  /// Returns the columns in CSV; the names begin with `prefix`, and the cells are empty if the data was not erased.
  static func columns<Subject>(
    _ prefix: String,
    _ erased: @escaping @Sendable (Subject) -> Erased?
  ) -> [CSVColumn<Subject>] {
    [
      CSVColumn(prefix + "EventId") { erased($0)[.eventId] }, CSVColumn(prefix + "DateTime") { erased($0)[.dateTime] },
    ]
  }
}
