/// The system that stores connectors and references: Microsoft Graph or the embedded directory.
///
/// Reflog records each change before it calls ``write(_:correlationID:)``, so every write has an entry in the audit
/// log.
package protocol Directory: Sendable {
  /// The kind of this directory.
  var kind: DirectoryKind { get }

  /// The maximum time after a write during which a read can still show the old reference.
  ///
  /// The value is zero if every read shows the newest write.
  var settleWindow: Duration { get }

  /// The maximum time after a call of ``write(_:correlationID:)`` in which the write can still take effect, even if
  /// Reflog's process has ended.
  ///
  /// The value is zero if a write can't take effect after Reflog's process has ended.
  var longestWrite: Duration { get }

  /// Whether Reflog itself has a credential for the directory, in addition to the credentials of callers.
  var hasOwnCredential: Bool { get }

  /// Returns a directory that sends its requests with a caller's token instead of Reflog's own credential.
  func bearing(_ token: DirectoryToken) -> any Directory

  /// Returns the reference at an address, or ``ConnectorReference/unknown`` if the directory does not show the
  /// reference.
  ///
  /// If the flow or the step is unknown, the error is ``DirectoryFailure/refused(_:)``.
  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference

  /// Returns the connector with this id, or nil if there is no such connector.
  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector?

  /// Returns the directory's answer to a read of the Graph API.
  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse

  /// Sends a write to the directory, and returns the known effect of the write.
  ///
  /// The function does not throw, because a write can have an effect even if the directory sends no answer.
  ///
  /// - Parameters:
  ///   - write: The write to send.
  ///   - correlationID: The `client-request-id` that identifies the write in the directory's own logs.
  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer
}

extension Directory {
  /// The maximum time from the record of an intent until the write is sent, or nil if there is no limit.
  ///
  /// With the limit, no write can still be in progress when the reconciler reads the directory some time after the
  /// intent. No limit is needed if a write can't take effect after Reflog's process has ended.
  package var longestRecording: Duration? {
    longestWrite > .zero ? longestWrite / 2 : nil
  }
}

/// A directory that the ledger's writer thread writes to.
///
/// The writer thread writes both the ledger and the directory, so a change waits for only one thread.
package protocol LocalDirectory: Directory {
  /// Passes a write to the writer thread.
  ///
  /// After the write, the writer thread calls `completion` with the known effect of the write.
  func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void)
}

/// The kind of a directory.
///
/// A ledger belongs to one directory only.
package enum DirectoryKind: String, Sendable, CaseIterable {
  case graph, embedded
}
