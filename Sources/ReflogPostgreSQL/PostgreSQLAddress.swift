#if PostgreSQL
import CLibpq

/// The address of a PostgreSQL database: a URL that libpq accepts (PostgreSQL manual, 34.1.1).
///
/// If a value is not in the address, libpq reads the value from the variables `PG…` or from the file `.pgpass`.
package struct PostgreSQLAddress: Sendable, CustomStringConvertible {
  /// The address as the administrator wrote it; the text can contain a password.
  let connectionString: String
  /// The address without a password, for messages and settings that are shown.
  package let description: String

  /// Creates an address, or returns nil if a text is not a PostgreSQL URL.
  ///
  /// Only URLs are accepted, because any other text can be the path of a file.
  package init?(_ text: String) {
    guard Self.isAddress(text) else { return nil }
    connectionString = text
    description = Self.withoutSecrets(text)
  }

  /// Returns whether a value of the setting `database` is the URL of a PostgreSQL database.
  package static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
  }

  /// Returns the URL without the password and without the parameters; a parameter can contain a secret too.
  private static func withoutSecrets(_ text: String) -> String {
    var rest = text[...]
    guard let scheme = rest.firstRange(of: "://") else { return "postgresql://" }
    rest = rest[scheme.upperBound...]
    if let query = rest.firstIndex(of: "?") { rest = rest[..<query] }
    guard let at = rest.lastIndex(of: "@") else { return "postgresql://\(rest)" }
    let user = rest[..<at].prefix { $0 != ":" }
    return "postgresql://\(user)@\(rest[rest.index(after: at)...])"
  }
}
#endif
