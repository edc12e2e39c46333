/// Something that happened to Reflog itself.
package struct ServiceEvent: Sendable {
  package let id: Int64
  /// The number of its ledger entry.
  package let sequence: Int64
  package let activityDateTime: Timestamp
  package let content: Content

  package init(id: Int64, sequence: Int64, activityDateTime: Timestamp, content: Content) {
    self.id = id
    self.sequence = sequence
    self.activityDateTime = activityDateTime
    self.content = content
  }

  package enum Kind: String, Sendable, CaseIterable {
    /// The server came up; with the settings that are no secrets.
    case start
    /// It went down in good order.
    case stop
    /// It was told to go on although the clock is behind the newest entry.
    case clockAccepted
    /// Somebody read history, so often within a minute.
    case historyRead
    /// Somebody took history away; or what is new of it, so often within a minute.
    case export
    /// Requests that could not prove to be anybody's, so many within a minute.
    case authenticationFailure
    /// Somebody asked for what it may not do and no change records, so often within a minute.
    case denied
    case tokenCreated
    case tokenRevoked
    /// Somebody said how long history is kept.
    case retentionSet
    case holdPlaced
    case holdReleased
    /// Somebody asked for what need not be kept to go.
    case purgeAsked
    /// These changes and service events go, once this is signed; their entries' hashes stay.
    case purged
    /// These did not, for a hold or a longer retention came in between.
    case purgeWithdrawn
    /// What was recorded of a person by then goes.
    case erased
    /// The log is signed with another key from here on.
    case keyRotated
    /// An older copy of the ledger was taken into use: what its anchor says was signed since is lost.
    case olderLedgerAccepted
    case backup

    /// Whether the rest of the ledger can't be understood, or not be verified, without it; no purge deletes it.
    package var isKept: Bool {
      switch self {
      case .retentionSet, .holdPlaced, .holdReleased, .purgeAsked, .purged, .purgeWithdrawn, .erased, .keyRotated,
        .olderLedgerAccepted:
        true
      case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
        .tokenRevoked, .backup:
        false
      }
    }
  }

  /// What is recorded of an event.
  package struct Content: Sendable {
    package let kind: Kind
    /// Who did it; nothing where it happened by itself.
    package let actor: Change.Actor?
    /// How often, where a minute's worth is one event.
    package let count: Int
    package let details: JSONObject

    package init(_ kind: Kind, actor: Change.Actor? = nil, count: Int = 1, details: JSONObject = [:]) {
      self.kind = kind
      self.actor = actor
      self.count = count
      self.details = details
    }
  }
}
