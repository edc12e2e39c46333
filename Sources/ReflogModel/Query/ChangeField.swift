/// A field of a change, such as `result` or `before/connectorId`.
///
/// In JSON, a field is a member with a single value, or a member of a nested object.
///
/// This enum is the only list of these fields. `$filter` accepts each field by its path. ReflogFormats uses the list
/// for JSON, CSV and the other formats.
package enum ChangeField: FilterField {
  case plain(Plain)
  case before(ReferenceField)
  case after(ReferenceField)
  case initiatedBy(ActorField)
  case status(Status)
  /// The erasure of a person's statement.
  case statusErased(ErasedField)
  /// The erasure of the personal data of a change: the data about the actor, and the reason.
  case erased(ErasedField)
  /// The override of a freeze.
  case override(OverrideField)

  /// A member with a single value.
  ///
  /// The order of the cases is the order in JSON. Add new cases at the end, because the columns in CSV have the same
  /// order and must keep their positions.
  package enum Plain: String, FilterField {
    case id, sequence, activityDateTime, kind, result, resultDateTime
    case tenantId, subject, flowType, flowId, step
    case reason, correlationId, requestId, graphRequestId, rollbackOf, rollbackTo, batchId
    case lastVerifiedDateTime

    /// The kind of the member's value.
    package var kind: FilterKind {
      switch self {
      case .id, .rollbackOf: .id
      case .sequence: .number
      case .activityDateTime, .resultDateTime, .rollbackTo, .lastVerifiedDateTime: .time
      case .flowType, .flowId, .step, .batchId: .name
      case .kind, .result, .tenantId, .subject, .reason, .correlationId, .requestId, .graphRequestId: .text
      }
    }
  }

  /// A field of a change's outcome.
  ///
  /// The raw value is the name in JSON.
  package enum Status: String, FilterField {
    case http, code, message, settledBy

    /// The kind of the field's value.
    package var kind: FilterKind { self == .http ? .number : .text }
  }

  /// A member that is a nested object.
  ///
  /// The raw value is the name in JSON.
  package enum Part: String {
    case before, after, initiatedBy, status
  }

  /// All fields that a filter for changes can contain.
  package static let allCases: [ChangeField] =
    Plain.allCases.map(plain) + ReferenceField.allCases.map(before) + ReferenceField.allCases.map(after)
    + ActorField.allCases.map(initiatedBy) + Status.allCases.map(status)
    + ErasedField.allCases.map(statusErased) + ErasedField.allCases.map(erased)
    + OverrideField.allCases.map(override)

  /// The path of the field in JSON.
  package var rawValue: String {
    switch self {
    case .plain(let field): field.rawValue
    case .before(let field): "\(Part.before.rawValue)/\(field.rawValue)"
    case .after(let field): "\(Part.after.rawValue)/\(field.rawValue)"
    case .initiatedBy(let field): "\(Part.initiatedBy.rawValue)/\(field.rawValue)"
    case .status(let field): "\(Part.status.rawValue)/\(field.rawValue)"
    case .statusErased(let field): "\(Part.status.rawValue)/\(ErasedField.member)/\(field.rawValue)"
    case .erased(let field): "\(ErasedField.member)/\(field.rawValue)"
    case .override(let field): "\(OverrideField.member)/\(field.rawValue)"
    }
  }

  /// The kind of the field's value.
  package var kind: FilterKind {
    switch self {
    case .plain(let field): field.kind
    case .before(let field), .after(let field): field.kind
    case .initiatedBy(let field): field.kind
    case .status(let field): field.kind
    case .statusErased(let field), .erased(let field): field.kind
    case .override(let field): field.kind
    }
  }
}

/// A filter for changes.
package typealias ChangeFilter = Filter<ChangeField>

extension ChangeFilter {
  /// Returns whether a change matches the filter.
  package func matches(_ change: Change) -> Bool {
    matches { change[$0] }
  }
}

extension Change {
  /// The value of a field.
  package subscript(field: ChangeField) -> FilterValue {
    switch field {
    case .plain(let field): self[field]
    case .before(let field): intent.before[field]
    case .after(let field): after[field]
    case .initiatedBy(let field): intent.actor[field]
    case .status(let field): outcome?[field] ?? .null
    case .statusErased(let field): outcome?.erased[field] ?? .null
    case .erased(let field): erased[field]
    case .override(let field): override[field]
    }
  }

  /// The value of a field.
  package subscript(field: ChangeField.Plain) -> FilterValue {
    switch field {
    case .id: .number(id.number)
    case .sequence: .number(sequence)
    case .activityDateTime: .time(activityDateTime)
    case .kind: .text(intent.kind.rawValue)
    case .result: .text(result.rawValue)
    case .resultDateTime: .optional(resultDateTime)
    case .tenantId: .text(tenantID)
    case .subject: .text(intent.subject.word)
    case .flowType: .optional(intent.subject.address?.flowType.rawValue)
    case .flowId: .optional(intent.subject.address?.flow.text)
    case .step: .optional(intent.subject.address?.step.name)
    case .reason: .optional(intent.reason)
    case .correlationId: .optional(intent.correlationID)
    case .requestId: .text(intent.requestID)
    case .graphRequestId: .optional(outcome?.graphRequestID)
    case .rollbackOf: .optional(intent.rollbackOf?.number)
    case .rollbackTo: .optional(intent.rollbackTo)
    case .batchId: .optional(intent.batchID)
    case .lastVerifiedDateTime: .optional(intent.lastVerifiedDateTime)
    }
  }
}

extension Change.Outcome {
  /// The value of a field.
  package subscript(field: ChangeField.Status) -> FilterValue {
    switch field {
    case .http: .optional(httpStatus.map { Int64($0) })
    case .code: .optional(code)
    case .message: .optional(message)
    case .settledBy: .text(settledBy.rawValue)
    }
  }
}
