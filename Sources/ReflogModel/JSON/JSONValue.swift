/// A JSON value whose objects keep the order of their members, and whose numbers keep their text.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number as it was written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  package static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// The number, or `null` where there is none.
  package static func optional(_ number: Int64?) -> JSONValue { number.map { integer($0) } ?? .null }

  /// The text, or `null` where there is none.
  package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var wholeNumber: Int64? {
    if case .number(let text) = self { Int64(text) } else { nil }
  }

  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// What kind of value this is, for messages.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in order; names are unique.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package struct Member: Hashable, Sendable {
    package let name: String
    package var value: JSONValue
  }

  package private(set) var members: [Member]

  init(uniqueMembers members: [Member]) {
    self.members = members
  }

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { Member(name: $0, value: $1) }
  }

  /// The value of a member; setting one adds it at the end or replaces it in place, setting `nil` removes it.
  package subscript(name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The first member whose name is this in any ASCII case.
  package func member(named name: String) -> Member? {
    members.first { $0.name.asciiFolded == name.asciiFolded }
  }
}
