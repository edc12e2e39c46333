/// A token that identifies a program to Reflog; its secret is known to its holder alone.
package struct APIToken: Sendable {
  /// Sixteen hexadecimal digits, public: they stand in the history.
  package let id: String
  package let name: String
  package let role: Role
  package let created: Timestamp
  package let expires: Timestamp
  package let revoked: Timestamp?

  package init(id: String, name: String, role: Role, created: Timestamp, expires: Timestamp, revoked: Timestamp?) {
    self.id = id
    self.name = name
    self.role = role
    self.created = created
    self.expires = expires
    self.revoked = revoked
  }

  /// Whether the token opens anything at this moment.
  package func isValid(at moment: Timestamp) -> Bool {
    revoked == nil && moment < expires
  }
}

extension APIToken {
  /// How long a token opens anything unless said otherwise: 90 days.
  package static let defaultLifetime = Duration.seconds(90 * 86_400)
}
