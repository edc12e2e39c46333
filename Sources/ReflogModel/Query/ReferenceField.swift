/// A field of a reference, by its name in JSON.
package enum ReferenceField: String, FilterField {
  case state, connectorId, displayName

  /// The kind of its value: a connector's id is a name, and the other values are text.
  package var kind: FilterKind { self == .connectorId ? .name : .text }
}

extension ConnectorReference {
  /// The value of a field.
  package subscript(field: ReferenceField) -> FilterValue {
    switch field {
    case .state: .text(state.rawValue)
    case .connectorId: .optional(connectorID?.text)
    case .displayName: .optional(displayName)
    }
  }
}
