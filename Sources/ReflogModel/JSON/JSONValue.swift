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

extension JSONValue: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self = .string(value)
  }
}

/// The members of a JSON object, in order; names are unique.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  package struct Member: Hashable, Sendable {
    package let name: String
    package var value: JSONValue

    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  package private(set) var members: [Member]

  /// No two members may have the same name.
  package init(uniqueMembers members: [Member]) {
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

extension JSONValue {
  /// The name of a member, anywhere within, that stands twice beside another but for its case: readers differ in which
  /// one they take.
  package var collidingName: String? {
    switch self {
    case .null, .bool, .number, .string: return nil
    case .array(let values): return values.lazy.compactMap(\.collidingName).first
    case .object(let object):
      var seen: Set<String> = []
      if let member = object.members.first(where: { !seen.insert($0.name.asciiFolded).inserted }) { return member.name }
      return object.members.lazy.compactMap { $0.value.collidingName }.first
    }
  }
}
