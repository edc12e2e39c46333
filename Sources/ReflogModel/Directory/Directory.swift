/// Where references live: Microsoft Graph, or the embedded directory.
///
/// Only the one path of a change calls ``write(_:correlationID:)``.
package protocol Directory: Sendable {
  /// Which directory this is.
  var kind: DirectoryKind { get }

  /// How long after a write a read may still show the reference before it; zero if every read is conclusive.
  var settleWindow: Duration { get }

  /// How long a write may take from the call to its effect; zero if it ends with its process.
  var longestWrite: Duration { get }

  /// Whether Reflog has a credential for the directory, apart from those of its callers.
  var hasOwnCredential: Bool { get }

  /// Returns the same directory, which uses a caller's token instead of Reflog's own credential.
  func bearing(_ token: DirectoryToken) -> any Directory

  /// Returns the reference at an address. An unknown flow or step is a refusal.
  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference

  /// Returns a connector, or nil if there is none with this id.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector?

  /// Answers a read of the Graph surface.
  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse

  /// Writes, and returns what is known of the write.
  ///
  /// It does not throw: once it is called, bytes may have been sent.
  ///
  /// - Parameters:
  ///   - write: What to write.
  ///   - correlationID: The write's `client-request-id` in the directory's own logs.
  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer
}

extension Directory {
  /// How long after its intent was recorded a write may still be sent, or nil if there is no limit.
  ///
  /// There is no limit if a write ends with its process.
  package var longestRecording: Duration? {
    longestWrite > .zero ? longestWrite / 2 : nil
  }
}

/// A directory that the ledger's writer thread writes, so that a change waits for one thread only.
package protocol LocalDirectory: Directory {
  /// Writes, and calls `completion` on the writer thread with what is known of the write.
  func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void)
}

/// Which directory it is. A ledger serves one directory only.
package enum DirectoryKind: String, Sendable, CaseIterable {
  case graph, embedded
}
