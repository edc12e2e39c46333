/// Where references really live: Microsoft Graph, or the embedded directory.
///
/// Nothing but the one path of a change calls ``write(_:correlationID:)``.
package protocol Directory: Sendable {
  var kind: DirectoryKind { get }

  /// How long after a write a read may still show what stood before it; zero where every read is the truth.
  var settleWindow: Duration { get }

  /// How long after it was asked for a write may still be on its way.
  var longestWrite: Duration { get }

  /// Whether Reflog can ask it in its own name.
  var hasOwnCredential: Bool { get }

  /// The same directory, asked with a caller's token in place of Reflog's own credential.
  func bearing(_ token: DirectoryToken) -> any Directory

  /// What stands at an address now. An unknown flow or step is a refusal.
  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference

  /// A connector, or nothing if there is none by that id.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector?

  /// Answers a question of the Graph surface.
  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse

  /// Asks for a write. Returns what is known of it, and never throws: once it is called, bytes may have been sent.
  ///
  /// - Parameter correlationID: what the write is called in the directory's own logs (`client-request-id`).
  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer
}

extension Directory {
  /// How long after the moment of its intent a write may still be sent; no limit where every read is the truth.
  package var longestRecording: Duration? {
    longestWrite > .zero ? longestWrite / 2 : nil
  }
}

/// A directory whose writes are made by the thread that writes the ledger, so that a change needs no switch of threads between the two.
package protocol LocalDirectory: Directory {
  /// Asks for a write; `completion` is called on the writer's thread with what is known of it.
  func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void)
}

/// Which directory it is; a ledger serves one for good.
package enum DirectoryKind: String, Sendable, CaseIterable {
  case graph, embedded
}
