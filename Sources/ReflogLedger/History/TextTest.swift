import ReflogModel
import ReflogStorage

/// A condition on a text: the text equals another text, starts with it, or contains it.
///
/// The comparison can ignore upper and lower case.
struct TextTest: Sendable {
  enum Comparison {
    case equals, startsWith, contains
  }

  private enum Case {
    /// Upper and lower case are different.
    case exact
    /// ASCII letters are compared without regard to case.
    case ascii
    /// The text of the change is converted to lower case before the comparison.
    case lower
  }

  private let comparison: Comparison
  /// The text with which the condition compares the text of a change.
  let text: String
  private let letterCase: Case

  private init(_ comparison: Comparison, _ text: String, of field: ChangeField, isLowerCase: Bool) {
    self.comparison = comparison
    letterCase = field.kind == .name ? .ascii : isLowerCase ? .lower : .exact
    self.text = letterCase == .ascii ? text.asciiFolded : text
  }

  /// Returns the field and the condition of a filter that consists of one condition on a text.
  ///
  /// The result is nil for any other filter. A comparison with `eq` is accepted only with `tolower`, because all other
  /// comparisons with `eq` have simpler SQL.
  static func of(_ filter: ChangeFilter) -> (field: ChangeField, test: TextTest)? {
    switch filter {
    case .startsWith(let field, let text): (field, TextTest(.startsWith, text, of: field, isLowerCase: false))
    case .contains(let field, let text): (field, TextTest(.contains, text, of: field, isLowerCase: false))
    case .lowerCase(.startsWith(let field, let text)):
      (field, TextTest(.startsWith, text, of: field, isLowerCase: true))
    case .lowerCase(.contains(let field, let text)): (field, TextTest(.contains, text, of: field, isLowerCase: true))
    case .lowerCase(.comparison(let field, .eq, .text(let text))):
      (field, TextTest(.equals, text, of: field, isLowerCase: true))
    default: nil
    }
  }

  /// Returns the condition in SQL; the condition is false if the text in a change is NULL.
  ///
  /// The texts are compared byte by byte. A search for the empty text is handled separately: every text contains the
  /// empty text, but SQL functions return NULL for the empty text.
  ///
  /// - Parameters:
  ///   - column: The SQL expression of the text in a change.
  ///   - bind: Adds a value to the arguments, and returns the placeholder of the value.
  func sql(_ column: String, _ dialect: any Dialect, bind: ([UInt8]) -> String) -> String {
    // The text of a change is in lower case when it is compared. So it never contains a text with an upper-case letter.
    if letterCase == .lower, text.lowercased() != text { return "FALSE" }
    if text.isEmpty, comparison != .equals { return "((\(column)) IS NOT NULL)" }
    let bytes = dialect.bytes(
      of: letterCase == .lower ? inLowerCase(column) : column,
      ignoringCase: letterCase != .exact
    )
    let part = Array(text.utf8)
    let condition =
      switch comparison {
      case .equals: "\(bytes) = \(bind(part))"
      case .startsWith: "substr(\(bytes), 1, \(part.count)) = \(bind(part))"
      case .contains: "\(dialect.position(of: bind(part), in: bytes)) > 0"
      }
    return "coalesce(\(condition), FALSE)"
  }

  /// Returns an SQL expression that converts letters outside of ASCII in a column to lower case.
  ///
  /// The SQL functions of different databases agree only on ASCII letters. So all other letters are replaced one by
  /// one. Only letters that the filter's text contains are replaced, because all other letters never match.
  private func inLowerCase(_ column: String) -> String {
    let letters = Set(text.unicodeScalars).flatMap { UpperCaseLetters.byLowerCase[$0] ?? [] }
      .sorted { $0.upper < $1.upper }
    // SQLite's parser limits the depth of nested functions. So the letters are divided into parts, and each part is
    // replaced in a separate table expression.
    let parts = stride(from: 0, to: letters.count, by: Self.lettersOfAPart).map { start in
      letters[start..<min(start + Self.lettersOfAPart, letters.count)]
    }
    guard parts.count > 1 else { return Self.replacing(letters[...], in: column) }
    let tables = parts.enumerated().map { index, part in
      index == 0
        ? "part0 (value) AS (SELECT \(Self.replacing(part, in: column)))"
        : "part\(index) (value) AS (SELECT \(Self.replacing(part, in: "value")) FROM part\(index - 1))"
    }
    return "(WITH \(tables.joined(separator: ", ")) SELECT value FROM part\(parts.count - 1))"
  }

  /// The maximum number of letters in a part. Each letter needs one nested call of `replace`.
  private static let lettersOfAPart = 16

  /// Returns an SQL expression in which each upper-case letter is replaced by its form in lower case.
  private static func replacing(_ letters: ArraySlice<UpperCaseLetters.Letter>, in column: String) -> String {
    letters.reduce(column) { "replace(\($0), '\($1.upper)', '\($1.lower)')" }
  }
}

/// The letters outside of ASCII that differ from their lower-case form.
enum UpperCaseLetters {
  /// The number of entries in ``byLowerCase``.
  ///
  /// A new version of Unicode changes this number. ``ReasonIndex`` uses the number to find out whether an index was
  /// built with another version.
  static var count: Int { byLowerCase.values.reduce(0) { $0 + $1.count } }

  /// A letter and its form in lower case.
  fileprivate typealias Letter = (upper: Unicode.Scalar, lower: String)

  /// The letters that have a lower-case form.
  ///
  /// The key is a scalar of the lower-case form. A lower-case form with several scalars has an entry for each scalar.
  fileprivate static let byLowerCase: [Unicode.Scalar: [Letter]] = {
    var letters: [Unicode.Scalar: [Letter]] = [:]
    for upper in (0x80...UInt32(0x1_FFFF)).compactMap(Unicode.Scalar.init) {
      let lower = upper.properties.lowercaseMapping
      guard !lower.unicodeScalars.elementsEqual([upper]) else { continue }
      for scalar in lower.unicodeScalars { letters[scalar, default: []].append((upper, lower)) }
    }
    return letters
  }()
}
