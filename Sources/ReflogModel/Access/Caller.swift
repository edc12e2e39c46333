/// Somebody who asks for something.
package final class Caller: Sendable {
  package let actor: Change.Actor
  package let credential: Credential

  package init(actor: Change.Actor, credential: Credential) {
    self.actor = actor
    self.credential = credential
  }

  /// What speaks for a caller.
  package enum Credential: Sendable {
    /// Reflog knows it, and trusts it with this; it may be nothing.
    case roles(Set<Role>)
    /// It came with a token of the directory's own, which only the directory can judge. Until that has, the actor is
    /// what the token claims.
    case directoryToken(DirectoryToken)
  }
}

/// A caller's token for the directory. It is handed on and never shown.
package struct DirectoryToken: Sendable, CustomStringConvertible, CustomReflectable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package var description: String { "a token" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
