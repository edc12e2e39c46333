package import ReflogModel

/// A member of an item's JSON: its name, its value, and its schema for OpenAPI.
package struct JSONMember<Subject>: Sendable {
  /// The member's name.
  package let name: String
  /// The schema of the member's value.
  package let schema: JSONObject
  let value: @Sendable (Subject) -> JSONValue

  init(_ name: String, schema: JSONObject = ["type": "object"], _ value: @escaping @Sendable (Subject) -> JSONValue) {
    self.name = name
    self.schema = schema
    self.value = value
  }

  /// Creates a member with the value of a field.
  ///
  /// - Parameters:
  ///   - field: The field.
  ///   - name: The member's name, or nil to use the field's name.
  ///   - schema: The schema, or nil to use the schema of the field's kind.
  ///   - value: A function that returns the field's value.
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
  /// Creates the object with all of these members.
  init<Subject>(_ subject: Subject, _ members: [JSONMember<Subject>]) {
    self.init(uniqueMembers: members.map { Member(name: $0.name, value: $0.value(subject)) })
  }

  /// Creates the object with only the members whose values are not null.
  init<Subject>(known subject: Subject, _ members: [JSONMember<Subject>]) {
    self.init(
      uniqueMembers: members.compactMap { member in
        let value = member.value(subject)
        return if case .null = value { nil } else { Member(name: member.name, value: value) }
      }
    )
  }

  /// Returns an object with the members of both operands.
  ///
  /// The two operands must not contain a member with the same name.
  package static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    JSONObject(uniqueMembers: left.members + right.members)
  }
}

extension JSONValue {
  /// Creates the JSON value of a field of this kind.
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
  /// The OpenAPI schema of a field of this kind.
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
  /// Returns the cases from `first` to `last`, or to the last case if `last` is nil.
  static func cases(from first: Self, through last: Self? = nil) -> [Self] {
    let rest = allCases.drop { $0 != first }
    guard let last else { return Array(rest) }
    return rest.prefix { $0 != last } + [last]
  }
}
