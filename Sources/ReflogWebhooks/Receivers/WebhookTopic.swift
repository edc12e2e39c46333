package import ReflogModel

/// The topics of messages. A receiver gets only messages with the topics in its settings.
package enum WebhookTopic: String, Sendable, CaseIterable {
  /// A baseline, or a change that a caller requested and that Reflog did not refuse.
  case change
  /// A change that was made without Reflog.
  case drift
  /// A change that Reflog refused, or a service event with the number of requests that were refused.
  case denied
  /// A freeze was placed, released or overridden.
  case freeze
  /// A problem after which a person should check the log: an entry does not match the log, the server was started with
  /// an older copy of the ledger, the key was replaced, or the server's clock was behind the time of the newest entry.
  case trouble

  /// Finds the topic of an entry. The result is nil if no message is sent for the entry.
  package init?(_ entry: SettledEntry) {
    switch entry {
    case .altered: self = .trouble
    case .change(let change):
      self = change.result == .denied ? .denied : change.intent.kind == .drift ? .drift : .change
    case .event(let event):
      guard let topic = Self.topic(of: event.content.kind) else { return nil }
      self = topic
    }
  }

  private static func topic(of kind: ServiceEvent.Kind) -> WebhookTopic? {
    switch kind {
    case .denied: .denied
    case .freezePlaced, .freezeReleased, .freezeOverridden: .freeze
    case .clockAccepted, .keyReplaced, .olderLedgerAccepted: .trouble
    case .start, .stop, .historyRead, .export, .authenticationFailure, .tokenCreated, .tokenRevoked, .retentionSet,
      .holdPlaced, .holdReleased, .purgeAsked, .purged, .purgeWithdrawn, .erasureAsked, .erased, .erasureWithdrawn,
      .keyRotated, .keyReplacementConfirmed, .backup:
      nil
    }
  }
}
