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
  /// When a request with the token was last accepted, or nil if no use is known.
  package let lastUsed: Timestamp?
  /// Whether a service event records the creation of the token.
  package let isCreationRecorded: Bool

  /// Creates a token.
  package init(
    id: String,
    name: String,
    role: Role,
    created: Timestamp,
    expires: Timestamp,
    revoked: Timestamp?,
    lastUsed: Timestamp? = nil,
    isCreationRecorded: Bool = true
  ) {
    self.id = id
    self.name = name
    self.role = role
    self.created = created
    self.expires = expires
    self.revoked = revoked
    self.lastUsed = lastUsed
    self.isCreationRecorded = isCreationRecorded
  }

  /// Returns whether the token is accepted at this moment.
  package func isValid(at moment: Timestamp) -> Bool {
    revoked == nil && moment < expires
  }

  /// Returns whether the token is valid at a moment and expires within ``warningPeriod`` after that moment.
  package func expiresSoon(at moment: Timestamp) -> Bool {
    isValid(at: moment) && expires.since(moment) <= Self.warningPeriod
  }

  /// Returns the token with a new time of its last use, or the unchanged token if `moment` is nil or is not later than
  /// the current last use.
  package func used(at moment: Timestamp?) -> APIToken {
    guard let moment, lastUsed.map({ $0 < moment }) ?? true else { return self }
    return APIToken(
      id: id,
      name: name,
      role: role,
      created: created,
      expires: expires,
      revoked: revoked,
      lastUsed: moment,
      isCreationRecorded: isCreationRecorded
    )
  }
}

extension APIToken {
  /// The lifetime of a token if the request for the token contains no lifetime: 90 days.
  package static let defaultLifetime = Duration.seconds(90 * 86_400)

  /// How long before its expiry a token is reported as expiring soon: 14 days.
  ///
  /// This time is long enough to create a new token and to configure it in the program that uses the old token.
  package static let warningPeriod = Duration.seconds(14 * 86_400)
}
