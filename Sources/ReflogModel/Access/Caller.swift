/// The person or program that makes a request, and what proves its rights.
package final class Caller: Sendable {
  package let actor: Change.Actor
  package let credential: Credential

  /// Creates a caller.
  package init(actor: Change.Actor, credential: Credential) {
    self.actor = actor
    self.credential = credential
  }

  /// What proves a caller's rights.
  package enum Credential: Sendable {
    /// Reflog knows the caller, and gives it these roles. The set may be empty.
    case roles(Set<Role>)
    /// The caller has a token of the directory, which only the directory can check.
    ///
    /// Until it has, the actor is what the token claims.
    case directoryToken(DirectoryToken)
  }
}

/// A caller's token for the directory. It is forwarded and never shown.
package struct DirectoryToken: Sendable, CustomStringConvertible, CustomReflectable {
  package let text: String

  /// Creates a token from its text.
  package init(_ text: String) {
    self.text = text
  }

  package var description: String { "a token" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
