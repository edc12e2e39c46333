import Crypto
import ReflogModel

/// A message to a receiver: its id, its media type and its body.
struct WebhookMessage: Sendable {
  /// The id, which is the same for every attempt to send the message.
  let id: String
  let mediaType: String
  let body: [UInt8]

  /// The values of the log and of the server that every message contains.
  struct Source: Sendable {
    /// The name of the log.
    let origin: String
    /// The URL, with the base path, that people use for Reflog, or nil if none is set.
    let publicURL: String?
  }

  /// Creates the message for an entry in the form that the receiver wants, or returns nil if the entry has no topic.
  init?(_ entry: SettledEntry, _ format: WebhookReceiver.Format, from source: Source) {
    guard let topic = WebhookTopic(entry) else { return nil }
    // The id contains a hash of the log's name instead of the name. A name can contain a full stop, and a full stop
    // separates the parts of the signed text.
    let log = Array(SHA256.hash(data: Array(source.origin.utf8))).prefix(8)
    id = "reflog_\(Array(log).hexadecimal)_\(entry.sequence)"
    let json: JSONObject
    switch format {
    case .cloudEvents:
      mediaType = "application/cloudevents+json; charset=utf-8"
      json = CloudEvent.json(entry, topic, from: source)
    case .slack:
      mediaType = "application/json; charset=utf-8"
      json = SlackMessage.json(MessageText(entry, topic, from: source))
    case .teams:
      mediaType = "application/json; charset=utf-8"
      json = TeamsMessage.json(MessageText(entry, topic, from: source))
    }
    body = JSONValue.object(json).bytes
  }
}
