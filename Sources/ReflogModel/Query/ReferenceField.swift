/// A field of a reference.
///
/// The raw value is the name of the field in JSON.
package enum ReferenceField: String, FilterField {
  case state, connectorId, displayName

  /// The kind of the field's value.
  ///
  /// The id of a connector is a name, and the other fields are texts.
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
