package import ReflogModel

/// A member of something's JSON: its name, what it holds, and the schema of that for OpenAPI.
package struct JSONMember<Subject>: Sendable {
  package let name: String
  package let schema: JSONObject
  let value: @Sendable (Subject) -> JSONValue

  init(_ name: String, schema: JSONObject = ["type": "object"], _ value: @escaping @Sendable (Subject) -> JSONValue) {
    self.name = name
    self.schema = schema
    self.value = value
  }

  /// A member that holds what a field does.
  ///
  /// - Parameter name: the field's own unless said otherwise.
  init<Field: FilterField>(
    _ field: Field,
    _ name: String? = nil,
    schema: JSONObject? = nil,
    _ value: @escaping @Sendable (Subject) -> FilterValue
  ) {
    let kind = field.kind
    self.init(name ?? field.rawValue, schema: schema ?? kind.schema) { JSONValue(value($0), kind) }
  }
}

extension JSONObject {
  init<Subject>(_ subject: Subject, _ members: [JSONMember<Subject>]) {
    self.init(uniqueMembers: members.map { Member(name: $0.name, value: $0.value(subject)) })
  }

  /// The same without the members that hold null.
  init<Subject>(known subject: Subject, _ members: [JSONMember<Subject>]) {
    self.init(
      uniqueMembers: members.compactMap { member in
        let value = member.value(subject)
        return if case .null = value { nil } else { Member(name: member.name, value: value) }
      }
    )
  }

  /// The members of both, which must have different names.
  package static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    JSONObject(uniqueMembers: left.members + right.members)
  }
}

extension JSONValue {
  /// What a field of this kind holds.
  init(_ value: FilterValue, _ kind: FilterKind) {
    self =
      switch value {
      case .text(let text): .string(text)
      case .number(let number): kind == .id ? .string(String(number)) : .integer(number)
      case .time(let time): .string(time.description)
      case .flag(let flag): .bool(flag)
      case .null: .null
      }
  }
}

extension FilterKind {
  /// What OpenAPI says of a field of this kind.
  var schema: JSONObject {
    switch self {
    case .text, .name, .id: ["type": "string"]
    case .number: ["type": "integer"]
    case .time: ["type": "string", "format": "date-time"]
    case .flag: ["type": "boolean"]
    }
  }
}

extension CaseIterable where Self: Equatable {
  /// The cases from one to another, or to the last.
  static func cases(from first: Self, through last: Self? = nil) -> [Self] {
    let rest = allCases.drop { $0 != first }
    guard let last else { return Array(rest) }
    return rest.prefix { $0 != last } + [last]
  }
}
