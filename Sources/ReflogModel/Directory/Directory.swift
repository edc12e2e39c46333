/// Where references really live: Microsoft Graph, or the embedded directory.
///
/// Nothing but the one path of a change calls ``write(_:)``.
package protocol Directory: Sendable {
  var kind: DirectoryKind { get }

  /// How long after a write a read may still show what stood before it; zero where every read is the truth.
  var settleWindow: Duration { get }

  /// How long after it was asked for a write may still be on its way.
  var longestWrite: Duration { get }

  /// What stands at an address now. An unknown flow or step is a refusal.
  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference

  /// A connector, or nothing if there is none by that id.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector?

  /// Answers a question of the Graph surface.
  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse

  /// Asks for a write. Returns what is known of it, and never throws: once it is called, bytes may have been sent.
  func write(_ write: DirectoryWrite) async -> DirectoryAnswer
}

/// Which directory it is; a ledger serves one for good.
package enum DirectoryKind: String, Sendable, CaseIterable {
  case graph, embedded
}

/// What Reflog knows of a connector: nothing of it is a secret.
package struct DirectoryConnector: Sendable {
  package let id: ConnectorID
  package let displayName: String
  /// Redacted, see ``redactedURL(_:)``.
  package let targetURL: String

  package init(id: ConnectorID, displayName: String, targetURL: String) {
    self.id = id
    self.displayName = displayName
    self.targetURL = redactedURL(targetURL)
  }

  package var reference: ConnectorReference { .connector(id, displayName: displayName) }
}
