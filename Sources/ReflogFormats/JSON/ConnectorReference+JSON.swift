package import ReflogModel

extension ConnectorReference {
  /// `{"state","connectorId","displayName"}`, the last two only if the reference is a connector.
  package var json: JSONObject { JSONObject(self, connectorID == nil ? Self.stateAlone : Self.members) }

  private static let members = ReferenceField.allCases.map { field in
    JSONMember<ConnectorReference>(field) { $0[field] }
  }
  private static let stateAlone = [JSONMember<ConnectorReference>(ReferenceField.state) { $0[.state] }]

  /// The columns of a reference in CSV.
  ///
  /// - Parameters:
  ///   - word: says which one it is; their names begin with it.
  ///   - reference: finds it.
  static func columns<Subject>(
    _ word: String,
    of reference: @escaping @Sendable (Subject) -> ConnectorReference
  ) -> [CSVColumn<Subject>] {
    [
      CSVColumn(word + "State") { reference($0)[.state] },
      CSVColumn(word + "ConnectorId") { reference($0)[.connectorId] },
      CSVColumn(word + "ConnectorName") { reference($0)[.displayName] },
    ]
  }
}
