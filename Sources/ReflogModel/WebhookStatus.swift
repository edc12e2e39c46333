/// The state of the deliveries to one receiver of webhooks.
package struct WebhookStatus: Sendable {
  /// Whether the receiver gets messages.
  package enum State: String, Sendable, CaseIterable {
    /// The receiver accepted the newest message, or no message was sent yet.
    case working
    /// The newest attempt failed, and Reflog tries again.
    case failing
    /// Reflog sends no more messages until the server starts again.
    case stopped
  }

  /// The name of the receiver in the settings.
  package let name: String
  /// The host of the receiver's URL.
  ///
  /// The path and the query are not shown, because they can contain a secret.
  package let host: String
  package let state: State
  /// The number of log entries that Reflog has neither sent nor skipped yet. Reflog skips an entry if the receiver does
  /// not want it.
  package let waitingEntries: Int64
  /// When the receiver last accepted a message, or nil if it has accepted none yet.
  package let lastSuccess: Timestamp?
  /// The time of the first failed attempt since the last success, or nil if the newest attempt did not fail.
  package let failingSince: Timestamp?
  /// Why the newest attempt failed, or nil if it did not fail.
  package let lastError: String?

  /// Creates a status.
  package init(
    name: String,
    host: String,
    state: State,
    waitingEntries: Int64,
    lastSuccess: Timestamp? = nil,
    failingSince: Timestamp? = nil,
    lastError: String? = nil
  ) {
    self.name = name
    self.host = host
    self.state = state
    self.waitingEntries = waitingEntries
    self.lastSuccess = lastSuccess
    self.failingSince = failingSince
    self.lastError = lastError
  }
}
