/// An event of Reflog itself, such as a start, an export or a purge.
package struct ServiceEvent: Sendable {
  /// The number of the event: 1, 2, 3 …, never used again.
  package let id: Int64
  /// The sequence of its entry.
  package let sequence: Int64
  package let activityDateTime: Timestamp
  package let content: Content

  /// Creates an event.
  package init(id: Int64, sequence: Int64, activityDateTime: Timestamp, content: Content) {
    self.id = id
    self.sequence = sequence
    self.activityDateTime = activityDateTime
    self.content = content
  }

  /// What kind of event it is.
  package enum Kind: String, Sendable, CaseIterable {
    /// The server started. The details contain its settings without secrets.
    case start
    /// The server stopped in good order.
    case stop
    /// The server was told to start although its clock is behind the newest entry.
    case clockAccepted
    /// A caller read history. One event counts a minute's reads.
    case historyRead
    /// A caller exported history. One event counts a minute's exports that continue an earlier one.
    case export
    /// Requests failed authentication. One event counts a minute's failures.
    case authenticationFailure
    /// A caller's role did not permit a request that no change records. One event counts a minute's requests.
    case denied
    case tokenCreated
    case tokenRevoked
    /// The retention policy was set.
    case retentionSet
    case holdPlaced
    case holdReleased
    /// A purge was requested.
    case purgeAsked
    /// The named changes and service events are deleted once this event is signed. The hashes of their entries stay.
    case purged
    /// The named ones were not deleted, because a hold or the retention policy changed in between.
    case purgeWithdrawn
    /// The personal data of an actor that was recorded before this event is erased.
    case erased
    /// The log is signed with another key from this entry on.
    case keyRotated
    /// The server was told to use an older copy of the ledger. What its anchor shows as signed since then is lost.
    case olderLedgerAccepted
    case backup

    /// Whether no purge deletes the event, because the ledger can't be understood or verified without it.
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
    /// Who caused it, or nil if no caller did.
    package let actor: Change.Actor?
    /// How often it happened; more than 1 only if one event counts a minute.
    package let count: Int
    package let details: JSONObject

    /// Creates the content of an event.
    package init(_ kind: Kind, actor: Change.Actor? = nil, count: Int = 1, details: JSONObject = [:]) {
      self.kind = kind
      self.actor = actor
      self.count = count
      self.details = details
    }
  }
}
