package import ReflogModel

extension ConnectorReference {
  /// The reference as `{"state","connectorId","displayName"}`.
  ///
  /// The object has `connectorId` and `displayName` only if the reference is to a connector.
  package var json: JSONObject { JSONObject(self, connectorID == nil ? Self.stateAlone : Self.members) }

  private static let members = ReferenceField.allCases.map { field in
    JSONMember<ConnectorReference>(field) { $0[field] }
  }
  private static let stateAlone = [JSONMember<ConnectorReference>(ReferenceField.state) { $0[.state] }]

  /// Returns the columns of a reference in CSV.
  ///
  /// - Parameters:
  ///   - prefix: The beginning of the columns' names, such as `before`.
  ///   - reference: A function that returns the reference of an item.
  static func columns<Subject>(
    _ prefix: String,
    of reference: @escaping @Sendable (Subject) -> ConnectorReference
  ) -> [CSVColumn<Subject>] {
    [
      CSVColumn(prefix + "State") { reference($0)[.state] },
      CSVColumn(prefix + "ConnectorId") { reference($0)[.connectorId] },
      CSVColumn(prefix + "ConnectorName") { reference($0)[.displayName] },
    ]
  }
}
