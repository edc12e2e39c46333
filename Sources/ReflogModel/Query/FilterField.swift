/// A field that a filter can contain.
///
/// The raw value is the path of the field in JSON: the names of the members, with `/` between levels.
package protocol FilterField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// The kind of the field's value.
  var kind: FilterKind { get }
}

extension FilterField {
  /// Creates the field that has this path, or returns nil if there is no such field.
  package init?(rawValue path: String) {
    guard let field = Self.allCases.first(where: { $0.rawValue == path }) else { return nil }
    self = field
  }
}

/// The kind of a field's value.
///
/// The kind determines the values that a filter can compare with the field.
package enum FilterKind: Sendable {
  /// A text that is compared byte by byte.
  case text
  /// A text that is compared without regard to ASCII case, such as the id of a flow or a connector.
  case name
  /// A whole number.
  ///
  /// A filter can contain the number with or without quotes.
  case number
  /// The id of a change or a service event, which is a whole number.
  ///
  /// In JSON, the id is a string.
  case id
  /// A time.
  ///
  /// A filter contains the time without quotes.
  case time
  /// A value that is true or false.
  case flag
}
