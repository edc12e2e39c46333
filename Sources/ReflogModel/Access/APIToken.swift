/// A token that identifies a program to Reflog, without its secret, which only the program knows.
package struct APIToken: Sendable {
  /// Sixteen hexadecimal digits. They are public and appear in the history.
  package let id: String
  package let name: String
  package let role: Role
  package let created: Timestamp
  package let expires: Timestamp
  /// When the token was revoked, or nil if it was not.
  package let revoked: Timestamp?

  /// Creates a token.
  package init(id: String, name: String, role: Role, created: Timestamp, expires: Timestamp, revoked: Timestamp?) {
    self.id = id
    self.name = name
    self.role = role
    self.created = created
    self.expires = expires
    self.revoked = revoked
  }

  /// Returns whether the token is accepted at this moment.
  package func isValid(at moment: Timestamp) -> Bool {
    revoked == nil && moment < expires
  }
}

extension APIToken {
  /// How long a token is accepted unless another lifetime is given: 90 days.
  package static let defaultLifetime = Duration.seconds(90 * 86_400)
}
