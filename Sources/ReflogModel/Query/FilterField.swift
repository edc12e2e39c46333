/// A field by which items can be filtered.
///
/// Its raw value is its path in JSON: names with `/` between levels.
package protocol FilterField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// What kind of value the field has.
  var kind: FilterKind { get }
}

extension FilterField {
  /// Creates the field with this path, or returns nil if there is none.
  package init?(rawValue path: String) {
    guard let field = Self.allCases.first(where: { $0.rawValue == path }) else { return nil }
    self = field
  }
}

/// The kind of a field's value, which decides with what it can be compared.
package enum FilterKind: Sendable {
  /// A text, compared byte by byte.
  case text
  /// The id of a flow, a step or a connector, which is a text that is compared without regard to ASCII case.
  case name
  /// A whole number, which may also be written in quotes.
  case number
  /// The number of a change or an event, which is a string in JSON.
  case id
  /// A time, written without quotes.
  case time
  /// True or false.
  case flag
}
