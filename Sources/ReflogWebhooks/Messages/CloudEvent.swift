import ReflogFormats
import ReflogModel

/// A message in the form of an event of CloudEvents 1.0, in JSON (structured mode).
enum CloudEvent {
  /// The prefix of the member `type`.
  ///
  /// CloudEvents recommends the reversed domain of the organization that defines the types. Reflog defines the types
  /// and has no domain. The domain of a server would be wrong, because the types have the same meaning on every server.
  static let typePrefix = "reflog."

  /// Returns the event for an entry.
  ///
  /// No two entries have the same values of `source` and `id`. The member `data` is the change or the service event, as
  /// in an export in JSON Lines.
  static func json(_ entry: SettledEntry, _ topic: WebhookTopic, from source: WebhookMessage.Source) -> JSONObject {
    // The name of a log can contain a colon. A URI reference must not have a colon in its first part (RFC 3986 §4.2).
    let name = source.origin.replacing(":", with: "%3A")
    var event: JSONObject = [
      "specversion": "1.0", "id": .string(String(entry.sequence)), "source": .string(name),
      "type": .string(typePrefix + topic.rawValue),
    ]
    if let subject = subject(of: entry) { event["subject"] = .string(subject) }
    switch entry {
    case .change(let change):
      event["time"] = .string(change.newestDateTime.description)
      event["data"] = .object(change.json)
    case .event(let recorded):
      event["time"] = .string(recorded.activityDateTime.description)
      event["data"] = .object(recorded.json)
    case .altered(let sequence, let problem):
      event["data"] = .object(["sequence": .integer(sequence), "problem": .string(problem)])
    }
    event["datacontenttype"] = "application/json"
    return event
  }

  /// Returns the address or the connector of a change, or the scope of a freeze. The result is nil for other entries.
  private static func subject(of entry: SettledEntry) -> String? {
    switch entry {
    case .change(let change):
      change.intent.subject.address?.description
        ?? (change.after.connectorID ?? change.intent.before.connectorID).map { "apiConnectors/\($0)" }
    case .event(let event): event.content.details["scope"]?.string
    case .altered: nil
    }
  }
}
