/// The system that stores connectors and references: Microsoft Graph or the embedded directory.
///
/// Only the code that first records a change calls ``write(_:correlationID:)``, so every write is in the audit log.
package protocol Directory: Sendable {
  /// The kind of this directory.
  var kind: DirectoryKind { get }

  /// How long a read may still show the old reference after a write.
  ///
  /// It is zero if every read shows the newest write.
  var settleWindow: Duration { get }

  /// The maximum time from the call of a write until the write takes effect.
  ///
  /// It is zero if a write can't take effect after Reflog's process has ended.
  var longestWrite: Duration { get }

  /// Whether Reflog itself has a credential for the directory, in addition to the credentials that callers send.
  var hasOwnCredential: Bool { get }

  /// Returns a directory that sends its requests with a caller's token instead of Reflog's own credential.
  func bearing(_ token: DirectoryToken) -> any Directory

  /// Returns the reference at an address.
  ///
  /// If the flow or the step is unknown, the error is ``DirectoryFailure/refused(_:)``.
  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference

  /// Returns a connector, or nil if there is none with this id.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector?

  /// Returns the directory's answer to a read of the Graph API.
  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse

  /// Sends a write to the directory, and returns what is known about its effect.
  ///
  /// The function does not throw, because a write may have an effect even if there is no answer.
  ///
  /// - Parameters:
  ///   - write: The write to send.
  ///   - correlationID: The `client-request-id` that identifies the write in the directory's own logs.
  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer
}

extension Directory {
  /// The maximum time between the recording of an intent and the sending of its write, or nil if there is no limit.
  ///
  /// There is no limit if a write can't take effect after Reflog's process has ended.
  package var longestRecording: Duration? {
    longestWrite > .zero ? longestWrite / 2 : nil
  }
}

/// A directory to which the ledger's writer thread writes.
///
/// A change then waits for one thread only.
package protocol LocalDirectory: Directory {
  /// Passes a write to the writer thread.
  ///
  /// After the write, the writer thread calls `completion` with what is known about the effect of the write.
  func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void)
}

/// The kind of a directory.
///
/// A ledger belongs to one directory only.
package enum DirectoryKind: String, Sendable, CaseIterable {
  case graph, embedded
}
