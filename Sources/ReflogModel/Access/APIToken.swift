/// A token that identifies a program to Reflog.
///
/// This type does not contain the token's secret. Only the program has the secret.
package struct APIToken: Sendable {
  /// The id of the token: sixteen hexadecimal digits.
  ///
  /// The id is public and appears in the history.
  package let id: String
  package let name: String
  package let role: Role
  package let created: Timestamp
  package let expires: Timestamp
  /// When the token was revoked, or nil if the token was not revoked.
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
  /// The lifetime of a token if the request for the token contains no lifetime: 90 days.
  package static let defaultLifetime = Duration.seconds(90 * 86_400)
}
