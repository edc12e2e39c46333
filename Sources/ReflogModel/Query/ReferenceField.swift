/// A field of what a step points at, by its name in JSON.
package enum ReferenceField: String, FilterField {
  case state, connectorId, displayName

  package var kind: FilterKind { self == .connectorId ? .name : .text }
}

extension ConnectorReference {
  /// What a field holds.
  package subscript(field: ReferenceField) -> FilterValue {
    switch field {
    case .state: .text(state.rawValue)
    case .connectorId: .optional(connectorID?.text)
    case .displayName: .optional(displayName)
    }
  }
}
