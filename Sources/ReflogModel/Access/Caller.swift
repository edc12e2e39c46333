/// The person or program that makes a request, and the credential that proves the rights of the caller.
package final class Caller: Sendable {
  package let actor: Change.Actor
  package let credential: Credential
  /// The time when the caller's API token expires, or nil if it does not expire soon or the caller has no API token.
  package let tokenExpiry: Timestamp?

  /// Creates a caller.
  package init(actor: Change.Actor, credential: Credential, tokenExpiry: Timestamp? = nil) {
    self.actor = actor
    self.credential = credential
    self.tokenExpiry = tokenExpiry
  }

  /// The proof of a caller's rights.
  package enum Credential: Sendable {
    /// Reflog authenticated the caller.
    ///
    /// The associated value contains the caller's roles. The set can be empty.
    case roles(Set<Role>)
    /// The caller sent a token for the directory, and only the directory can check the token.
    ///
    /// Until the directory has accepted the token, the actor's identity is only a claim in the token.
    case directoryToken(DirectoryToken)
  }
}

/// A caller's token for the directory.
///
/// Reflog forwards the token to the directory and never shows the token.
package struct DirectoryToken: Sendable, CustomStringConvertible, CustomReflectable {
  package let text: String

  /// Creates a token from its text.
  package init(_ text: String) {
    self.text = text
  }

  /// A fixed text, because a log or a message must not contain the token.
  package var description: String { "a token" }
  /// An empty mirror, because a dump must not contain the token.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
