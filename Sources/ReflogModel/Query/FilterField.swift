/// A field by which something can be asked, by its name in JSON with `/` between levels.
package protocol FilterField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// What it holds.
  var kind: FilterKind { get }
}

/// What a field holds, and so what it can be compared with.
package enum FilterKind: Sendable {
  /// A text, compared byte by byte.
  case text
  /// The id of a flow, a step or a connector: a text, compared without regard to ASCII case.
  case name
  /// A whole number, which may also be given in quotes, as ids are.
  case number
  case time
  /// True or false.
  case flag
}
