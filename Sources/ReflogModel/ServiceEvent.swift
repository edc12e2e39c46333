/// An event of Reflog as a service, such as a start, an export or a purge.
package struct ServiceEvent: Sendable {
  /// The number of the event: 1, 2, 3 …
  ///
  /// No number is used twice.
  package let id: Int64
  /// The sequence of the event's entry in the log.
  package let sequence: Int64
  package let activityDateTime: Timestamp
  package let content: Content
  /// The erasure that deleted the actor's personal data and the reason, or nil if no data was erased.
  package let erased: Erased?

  /// Creates an event.
  package init(id: Int64, sequence: Int64, activityDateTime: Timestamp, content: Content, erased: Erased? = nil) {
    self.id = id
    self.sequence = sequence
    self.activityDateTime = activityDateTime
    self.content = content
    self.erased = erased
  }

  /// The kinds of events.
  package enum Kind: String, Sendable, CaseIterable {
    /// The server started.
    ///
    /// The details of the event contain the server's settings without secrets.
    case start
    /// The server stopped normally.
    case stop
    /// The server was started on purpose although its clock is behind the time of the newest entry.
    case clockAccepted
    /// A caller read history.
    ///
    /// One event counts all reads by callers within a minute.
    case historyRead
    /// A caller exported history.
    ///
    /// Usually each export has a separate event. Two kinds of exports are only counted: those that continue an earlier
    /// export, and those of a caller who has already exported very often in this minute. One event counts all such
    /// exports of a caller within a minute.
    case export
    /// Requests failed authentication.
    ///
    /// One event counts all failures within a minute.
    case authenticationFailure
    /// A request was denied, and the request is not recorded as a change.
    ///
    /// A freeze or the role of the caller did not permit the request, or the directory had refused too many requests of
    /// the caller. One event contains the number of these requests that a caller sent within a minute. If a freeze
    /// refused the requests, the details contain the cause.
    case denied
    case tokenCreated
    case tokenRevoked
    /// The retention policy was set.
    case retentionSet
    case holdPlaced
    case holdReleased
    /// A freeze was placed.
    ///
    /// The id of the freeze is the id of this event.
    case freezePlaced
    /// A person released a freeze.
    case freezeReleased
    /// An operator made changes in spite of freezes.
    ///
    /// The details contain the changes and the freezes.
    case freezeOverridden
    /// A purge was requested.
    case purgeAsked
    /// A purge deletes the changes and service events that are listed in the details of the event.
    ///
    /// The changes and service events are deleted after this event is signed. The hashes of their entries are kept.
    case purged
    /// Some changes and service events that are listed in an earlier `purged` event were not deleted.
    ///
    /// A legal hold or the retention policy changed between the `purged` event and the deletion, so the records are
    /// kept.
    case purgeWithdrawn
    /// The erasure of an actor's personal data was requested.
    ///
    /// The erasure covers the data that was recorded earlier than this event.
    case erasureAsked
    /// An erasure deletes the personal data in the entries that are listed in the details of the event.
    ///
    /// The personal data is deleted after this event is signed. The hashes of the personal data are kept.
    case erased
    /// Some personal data that is listed in an earlier `erased` event was not deleted.
    ///
    /// A legal hold changed between the `erased` event and the deletion, so the data is kept.
    case erasureWithdrawn
    /// The signing key changed.
    ///
    /// The log is signed with the new key from the entry of this event on.
    case keyRotated
    /// The signing key was lost, and a new key replaced it.
    ///
    /// The log has a new name from the entry of this event on. The details of the event contain the size and the root
    /// of the part of the log that the lost key signed.
    case keyReplaced
    /// An administrator confirmed that the replacement of a lost key was intended.
    case keyReplacementConfirmed
    /// The server was started on purpose with an older copy of the ledger.
    ///
    /// The anchor shows how many entries were signed. The signed entries that are missing in the copy are lost.
    case olderLedgerAccepted
    case backup

    /// Whether an event of this kind has a reason.
    var hasReason: Bool { self == .freezePlaced || self == .freezeOverridden }

    /// Whether every purge keeps the event.
    ///
    /// A purge keeps the events that are needed to understand or verify the ledger. It also keeps the events about
    /// tokens. These events show who had which role, and a token can be valid for longer than the retention policy
    /// keeps history.
    package var isKept: Bool {
      switch self {
      case .tokenCreated, .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .freezePlaced, .freezeReleased,
        .freezeOverridden, .purgeAsked, .purged, .purgeWithdrawn, .erasureAsked, .erased, .erasureWithdrawn,
        .keyRotated, .keyReplaced, .keyReplacementConfirmed, .olderLedgerAccepted:
        true
      case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .backup:
        false
      }
    }
  }

  /// The details as readers see them: the recorded details and, if an event of this kind has a reason, the reason.
  ///
  /// - Parameter erasedReason: The value that is shown in place of an erased reason.
  package func shownDetails(erasedReason: JSONValue = .null) -> JSONObject {
    guard content.kind.hasReason else { return content.details }
    var details = content.details
    details["reason"] = content.reason.map { .string($0) } ?? (erased == nil ? .null : erasedReason)
    return details
  }

  /// The content of an event, without the values that the ledger assigns when it records the event.
  package struct Content: Sendable {
    package let kind: Kind
    /// The caller who caused the event, or nil if no caller caused the event.
    package let actor: Change.Actor?
    /// The number of occurrences that the event counts.
    ///
    /// The count is above 1 only for kinds that count all occurrences within a minute.
    package let count: Int
    /// The facts about the event, without personal data.
    package let details: JSONObject
    /// The reason that a person stated, or nil if events of this kind have no reason, or if the reason was erased.
    ///
    /// A reason can contain the names of people, so it belongs to the personal data of the event.
    package let reason: String?

    /// Creates the content of an event.
    package init(
      _ kind: Kind,
      actor: Change.Actor? = nil,
      count: Int = 1,
      details: JSONObject = [:],
      reason: String? = nil
    ) {
      self.reason = reason
      self.kind = kind
      self.actor = actor
      self.count = count
      self.details = details
    }
  }
}

extension ServiceEvent {
  /// The recorded cause of denied requests. Only a freeze is recorded as a cause.
  package enum DenialCause: String, Sendable {
    /// A freeze did not permit the request.
    case frozen

    /// The name of the member that contains the cause, in the details of the event.
    fileprivate static let detail = "cause"

    /// The details of an event of the kind `denied` with this cause.
    package var details: JSONObject { [Self.detail: .string(rawValue)] }
  }
}

extension ServiceEvent.Content {
  /// The recorded cause of the denied requests.
  ///
  /// The value is nil if a freeze was not the cause, or if the event is of another kind.
  package var denialCause: ServiceEvent.DenialCause? {
    details[ServiceEvent.DenialCause.detail]?.string.flatMap { ServiceEvent.DenialCause(rawValue: $0) }
  }
}
