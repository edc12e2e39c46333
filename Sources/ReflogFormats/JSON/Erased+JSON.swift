import ReflogModel

extension Erased {
  /// The object that identifies the erasure.
  private var json: JSONObject { JSONObject(self, Self.members) }

  private static let members = ErasedField.allCases.map { field in
    JSONMember<Erased>(field) { Optional($0)[field] }
  }

  /// Returns the member that identifies the erasure of an item's personal data.
  ///
  /// The member is null if no data was erased.
  static func member<Subject>(
    _ name: String = ErasedField.member,
    _ erased: @escaping @Sendable (Subject) -> Erased?
  ) -> JSONMember<Subject> {
    JSONMember(name, schema: ["type": "object", "nullable": .bool(true)]) {
      erased($0).map { .object($0.json) } ?? .null
    }
  }

  /// Returns the columns that identify the erasure in CSV. Their names begin with `prefix`.
  ///
  /// The cells are empty if no data was erased.
  static func columns<Subject>(
    _ prefix: String,
    _ erased: @escaping @Sendable (Subject) -> Erased?
  ) -> [CSVColumn<Subject>] {
    [
      CSVColumn(prefix + "EventId") { erased($0)[.eventId] }, CSVColumn(prefix + "DateTime") { erased($0)[.dateTime] },
    ]
  }
}
