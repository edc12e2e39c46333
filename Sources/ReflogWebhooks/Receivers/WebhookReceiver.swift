package import ReflogModel

/// A receiver of webhooks with its settings.
package struct WebhookReceiver: Sendable {
  /// The form of the messages.
  package enum Format: String, Sendable, CaseIterable {
    /// An event of CloudEvents 1.0 in JSON.
    case cloudEvents
    /// A message for an incoming webhook of Slack.
    case slack
    /// An Adaptive Card for a workflow of Microsoft Teams.
    case teams
  }

  /// The unique name, which identifies the receiver in the status and in the file of cursors.
  package let name: String
  /// The URL to which messages are sent.
  ///
  /// The URL can contain a secret, so it is never shown.
  let url: String
  /// The host of the URL, in lower case and without a port.
  package let host: String
  /// The secret that signs messages, or nil if messages are not signed.
  let secret: WebhookSecret?
  package let format: Format
  /// The topics of the messages that are sent.
  package let topics: Set<WebhookTopic>
  /// The filter that a change must match, or nil to send all changes.
  package let filter: ChangeFilter?
  /// Whether the URL's host is permitted to be this machine or a link-local address.
  package let allowsLocal: Bool

  /// Returns whether a message is sent for an entry.
  ///
  /// The filter applies only to changes, because service events do not have the fields of a change.
  func wants(_ entry: SettledEntry) -> Bool {
    guard let topic = WebhookTopic(entry), topics.contains(topic) else { return false }
    guard case .change(let change) = entry, let filter else { return true }
    return filter.matches(change)
  }
}
