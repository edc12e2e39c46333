/// Functions for the character U+0000, which PostgreSQL can't store in a text.
///
/// A ledger in SQLite also never contains this character, so that the ledger can be copied to PostgreSQL.
extension String {
  /// Whether the text contains U+0000.
  ///
  /// Reflog refuses a request that contains U+0000.
  package var containsZero: Bool { utf8.contains(0) }

  /// The text with U+FFFD in place of each U+0000.
  ///
  /// Reflog records texts from the directory in this form. Reflog can't refuse these texts, because they are already in
  /// the directory.
  package var replacingZeros: String {
    guard containsZero else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}

extension JSONValue {
  /// The path of the first member whose name or text contains U+0000, for example
  /// `authenticationConfiguration/password`.
  ///
  /// The value is nil if no name and no text contains U+0000.
  package var pathOfZero: String? { containsZero ? pathOfZero(below: []) : nil }

  private var containsZero: Bool {
    switch self {
    case .null, .bool, .number: false
    case .string(let text): text.containsZero
    case .array(let values): values.contains { $0.containsZero }
    case .object(let object): object.members.contains { $0.name.containsZero || $0.value.containsZero }
    }
  }

  private func pathOfZero(below path: [String]) -> String? {
    switch self {
    case .null, .bool, .number: return nil
    case .string(let text): return text.containsZero ? path.joined(separator: "/") : nil
    case .array(let values):
      return values.enumerated().lazy.compactMap { $1.pathOfZero(below: path + ["\($0)"]) }.first
    case .object(let object):
      return object.members.lazy
        .compactMap { member in
          let inner = path + [member.name]
          return member.name.containsZero ? inner.joined(separator: "/") : member.value.pathOfZero(below: inner)
        }
        .first
    }
  }
}
