/// A JSON value.
///
/// A value keeps the order of an object's members and the text of a number.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number as text, in the form in which it was written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Returns a whole number as a value.
  package static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// Returns the number as a value, or `null` if the number is nil.
  package static func optional(_ number: Int64?) -> JSONValue { number.map { integer($0) } ?? .null }

  /// Returns the text as a value, or `null` if the text is nil.
  package static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  /// The text, or nil if the value is not a string.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The number, or nil if the value is not a whole number in plain decimal that fits into 64 bits.
  package var wholeNumber: Int64? {
    if case .number(let text) = self { Int64(text) } else { nil }
  }

  /// The object, or nil if the value is not an object.
  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The elements, or nil if the value is not an array.
  package var array: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// The kind of the value with its article, such as "a number", for error messages.
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
  /// Creates a string from a literal.
  package init(stringLiteral value: String) {
    self = .string(value)
  }
}

/// The members of a JSON object, in their order.
///
/// Each name is unique.
package struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// A member of an object: its name and its value.
  package struct Member: Hashable, Sendable {
    /// The name, without escapes.
    package let name: String
    /// The value.
    package var value: JSONValue

    /// Creates a member.
    package init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The members, in their order.
  package private(set) var members: [Member]

  /// Creates an object from members.
  ///
  /// The names of the members must be unique.
  package init(uniqueMembers members: [Member]) {
    self.members = members
  }

  /// Creates an object from a literal.
  ///
  /// The names in the literal must be unique.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { Member(name: $0, value: $1) }
  }

  /// The value of the member with this name, or nil if there is no such member.
  ///
  /// If you set a value, the value replaces the member's old value. If there is no member with this name, a new member
  /// is added at the end. If you set nil, the member is removed.
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

  /// Returns the objects in the array with this name, or an empty list if there is no array with this name.
  package func objects(_ name: String) -> [JSONObject] { (self[name]?.array ?? []).compactMap(\.object) }

  /// Returns the strings in the array with this name, or an empty list if there is no array with this name.
  package func strings(_ name: String) -> [String] { (self[name]?.array ?? []).compactMap(\.string) }

  /// Returns the first member with this name, or nil if there is no such member.
  ///
  /// Upper and lower case of ASCII letters count as equal.
  package func member(named name: String) -> Member? {
    members.first { $0.name.asciiFolded == name.asciiFolded }
  }
}

extension JSONValue {
  /// A name that occurs twice in one object if ASCII case is ignored, or nil if there is no such name.
  ///
  /// Objects at any depth are checked. JSON with such a name is ambiguous, because some programs use the first of the
  /// two members and other programs use the second.
  package var collidingName: String? {
    switch self {
    case .null, .bool, .number, .string: return nil
    case .array(let values): return values.lazy.compactMap(\.collidingName).first
    case .object(let object):
      if object.members.count > 1 {
        var seen: Set<String> = []
        let twice = object.members.first { !seen.insert($0.name.asciiFolded).inserted }
        if let twice { return twice.name }
      }
      return object.members.lazy.compactMap { $0.value.collidingName }.first
    }
  }
}
