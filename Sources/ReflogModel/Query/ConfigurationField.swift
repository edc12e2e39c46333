/// A field of a configuration, such as `step` or `reference/state`.
///
/// `$filter` and all output formats use this list of fields.
package enum ConfigurationField: FilterField {
  case plain(Plain)
  case reference(ReferenceField)
  case targetURL
  case initiatedBy(ActorField)
  case erased(ErasedField)

  /// A member with a single value.
  ///
  /// The order of the cases is the order in JSON.
  package enum Plain: String, FilterField {
    case flowType, flowId, step, known, certain, changeId, changedDateTime, kind, verifiedDateTime

    /// The kind of the member's value.
    package var kind: FilterKind {
      switch self {
      case .flowType, .flowId, .step: .name
      case .known, .certain: .flag
      case .changeId: .id
      case .changedDateTime, .verifiedDateTime: .time
      case .kind: .text
      }
    }
  }

  /// A member that is a nested object.
  ///
  /// The raw value is the name in JSON.
  package enum Part: String {
    case reference, initiatedBy
  }

  /// The name of the target URL in JSON.
  ///
  /// The target URL is a member of the object `reference`.
  package static let targetURLName = "targetUrl"

  /// All fields that a filter for configurations can contain.
  package static let allCases: [ConfigurationField] =
    Plain.allCases.map(plain) + ReferenceField.allCases.map(reference) + [targetURL]
    + ActorField.allCases.filter { $0 != .proof && $0 != .ipAddress }.map(initiatedBy)
    + ErasedField.allCases.map(erased)

  /// The path of the field in JSON.
  package var rawValue: String {
    switch self {
    case .plain(let field): field.rawValue
    case .reference(let field): "\(Part.reference.rawValue)/\(field.rawValue)"
    case .targetURL: "\(Part.reference.rawValue)/\(Self.targetURLName)"
    case .initiatedBy(let field): "\(Part.initiatedBy.rawValue)/\(field.rawValue)"
    case .erased(let field): "\(ErasedField.member)/\(field.rawValue)"
    }
  }

  /// The kind of the field's value.
  package var kind: FilterKind {
    switch self {
    case .plain(let field): field.kind
    case .reference(let field): field.kind
    case .targetURL: .text
    case .initiatedBy(let field): field.kind
    case .erased(let field): field.kind
    }
  }
}

/// A filter for configurations.
package typealias ConfigurationFilter = Filter<ConfigurationField>

extension ConfigurationFilter {
  /// Returns whether a configuration matches the filter.
  package func matches(_ configuration: ConnectorConfiguration) -> Bool {
    matches { configuration[$0] }
  }
}

extension ConnectorConfiguration {
  /// The value of a field.
  package subscript(field: ConfigurationField) -> FilterValue {
    switch field {
    case .plain(let field): self[field]
    case .reference(let field): reference[field]
    case .targetURL: .optional(targetURL)
    case .initiatedBy(let field): change?.intent.actor[field] ?? .null
    case .erased(let field): change?.erased[field] ?? .null
    }
  }

  /// The value of a field.
  package subscript(field: ConfigurationField.Plain) -> FilterValue {
    switch field {
    case .flowType: .text(address.flowType.rawValue)
    case .flowId: .text(address.flow.text)
    case .step: .text(address.step.name)
    case .known: .flag(change != nil)
    case .certain: .flag(isCertain)
    case .changeId: .optional(change?.id.number)
    case .changedDateTime: .optional(change?.resultDateTime)
    case .kind: .optional(change?.intent.kind.rawValue)
    case .verifiedDateTime: .optional(verified)
    }
  }
}
