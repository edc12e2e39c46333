/// A field by which something can be asked. Its raw value is its path in JSON: names with `/` between levels.
package protocol FilterField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// What it holds.
  var kind: FilterKind { get }
}

extension FilterField {
  /// The field at a path, or nil if there is none.
  package init?(rawValue path: String) {
    guard let field = Self.allCases.first(where: { $0.rawValue == path }) else { return nil }
    self = field
  }
}

/// What a field holds, and so what it can be compared with.
package enum FilterKind: Sendable {
  /// A text, compared byte by byte.
  case text
  /// The id of a flow, a step or a connector: a text, compared without regard to ASCII case.
  case name
  /// A whole number, which may also be given in quotes.
  case number
  /// The number of a change or an event: a string in JSON.
  case id
  case time
  /// True or false.
  case flag
}
