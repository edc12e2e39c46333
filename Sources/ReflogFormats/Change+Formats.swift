package import ReflogModel

/// The members and columns of a change in each format, in order.
///
/// Every list is created from ``ReflogModel/ChangeField``. If a plain field is added at the end of that type, the field
/// is also in every list. In CSV, new columns come last: end `cells(from:)` first, and add the field after the last
/// column.
extension Change: Exported {
  /// The last segment of the list's path in the history API.
  package static let collection = "connectorChanges"

  /// The members in JSON.
  package static let members: [JSONMember<Change>] = list(
    plain(.id, through: .step),
    parts(.before, .after),
    [properties],
    parts(.initiatedBy),
    plain(.reason, through: .batchId),
    parts(.status),
    plain(from: .lastVerifiedDateTime),
    [erasure, override]
  )

  /// The columns in CSV.
  package static let columns: [CSVColumn<Change>] = list(
    cells(.id, through: .activityDateTime),
    cells(.tenantId, through: .step),
    cells(.kind, through: .resultDateTime),
    ConnectorReference.columns("before") { $0.intent.before },
    ConnectorReference.columns("after") { $0.after },
    [CSVColumn(propertiesName) { .optional($0.intent.changedProperties?.json.text) }],
    Actor.columns { change, column in column.value(change.intent.actor) },
    cells(.reason, through: .batchId),
    statusCells,
    cells(from: .lastVerifiedDateTime),
    Erased.columns("erased") { $0.erased },
    Erased.columns("statementErased") { $0.outcome?.erased },
    FreezeOverride.columns
  )

  /// The members of a change that the OpenAPI document describes.
  ///
  /// These members are never null.
  package static let described: [JSONMember<Change>] = list(
    plain(.id, through: .result),
    parts(.before, .after, .initiatedBy, .status)
  )

  /// The members for which OCSF has no attribute.
  ///
  /// An OCSF event contains these members in `unmapped`.
  static let unmapped: [JSONMember<Change>] = list(
    plain(.kind, through: .result),
    plain(.requestId),
    [intended],
    plain(.graphRequestId),
    [detail(.settledBy)],
    plain(.rollbackOf, through: .batchId),
    plain(from: .lastVerifiedDateTime),
    [properties, erasure, statementErasure, override]
  )

  /// The members for which ASIM has no field.
  ///
  /// An ASIM event contains these members in `AdditionalFields`.
  static let additional: [JSONMember<Change>] = list(
    plain(.sequence),
    plain(.requestId),
    [intendedValue],
    plain(.reason, through: .correlationId),
    plain(.graphRequestId),
    [detail(.code), detail(.message)],
    plain(.rollbackOf, through: .batchId),
    [properties],
    Array(plain(from: .lastVerifiedDateTime).dropFirst()),
    [erasure, statementErasure, override]
  )

  private static func list<Element>(_ parts: [Element]...) -> [Element] { parts.flatMap(\.self) }
}

extension Change {
  private static func plain(
    _ first: ChangeField.Plain,
    through last: ChangeField.Plain? = nil
  ) -> [JSONMember<Change>] {
    ChangeField.Plain.cases(from: first, through: last ?? first).map(member)
  }

  /// Returns the members for the plain fields, beginning with the field `first`.
  private static func plain(from first: ChangeField.Plain) -> [JSONMember<Change>] {
    ChangeField.Plain.cases(from: first).map(member)
  }

  private static func member(_ field: ChangeField.Plain) -> JSONMember<Change> {
    JSONMember(field, schema: schema(field)) { $0[field] }
  }

  private static func cells(_ first: ChangeField.Plain, through last: ChangeField.Plain) -> [CSVColumn<Change>] {
    ChangeField.Plain.cases(from: first, through: last).map(cell)
  }

  private static func cells(from first: ChangeField.Plain) -> [CSVColumn<Change>] {
    ChangeField.Plain.cases(from: first).map(cell)
  }

  private static func cell(_ field: ChangeField.Plain) -> CSVColumn<Change> {
    CSVColumn(field.rawValue) { $0[field] }
  }

  private static func schema(_ field: ChangeField.Plain) -> JSONObject {
    switch field {
    case .kind: oneOf(Kind.allCases.map(\.rawValue))
    case .result: oneOf(Result.allCases.map(\.rawValue))
    default: field.kind.schema
    }
  }

  private static func oneOf(_ values: [String]) -> JSONObject {
    ["type": "string", "enum": .array(values.map(JSONValue.string))]
  }

  private static func parts(_ parts: ChangeField.Part...) -> [JSONMember<Change>] {
    parts.map { part in JSONMember(part.rawValue) { .object($0.json(of: part)) } }
  }

  private func json(of part: ChangeField.Part) -> JSONObject {
    switch part {
    case .before: intent.before.json
    case .after: after.json
    case .initiatedBy: intent.actor.json
    case .status: JSONObject(self, Self.details + [Erased.member { $0.outcome?.erased }])
    }
  }

  private static let propertiesName = "changedProperties"
  private static let properties = JSONMember<Change>(propertiesName) { $0.intent.changedProperties?.json ?? .null }
  /// The reference that the change requested, even if the directory did not set that reference.
  private static let intended = JSONMember<Change>("intended") { .object($0.intent.after.json) }
  private static let intendedValue = JSONMember<Change>("intendedValue") { .string($0.intent.after.asimValue) }

  private static let erasure = Erased.member { (change: Change) in change.erased }
  /// The member that identifies the erasure of a person's statement, for formats that have no object `status`.
  private static let statementErasure = Erased.member("statementErased") { (change: Change) in change.outcome?.erased }

  private static let override = FreezeOverride.member

  private static let details = ChangeField.Status.allCases.map(detail)

  private static func detail(_ field: ChangeField.Status) -> JSONMember<Change> {
    JSONMember(field) { $0[.status(field)] }
  }

  private static let statusCells: [CSVColumn<Change>] = [
    CSVColumn("httpStatus") { $0[.status(.http)] }, CSVColumn("errorCode") { $0[.status(.code)] },
    CSVColumn("errorMessage") { $0[.status(.message)] }, CSVColumn("settledBy") { $0[.status(.settledBy)] },
  ]
}
