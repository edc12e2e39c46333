extension Change {
  /// The intended effect of a change, the actor who requested the change, and the reason.
  ///
  /// A recorded intent is never altered.
  package final class Intent: Sendable {
    package let subject: Subject
    package let kind: Kind
    /// The reference before the change.
    ///
    /// If the subject is a connector, the value contains the id and the name that the connector had before the change.
    package let before: ConnectorReference
    /// The intended reference after the change.
    ///
    /// If the subject is a connector, the value contains the id and the name of the connector after the change.
    package let after: ConnectorReference
    /// The connector's properties that the change writes, or nil if the subject is not a connector.
    package let changedProperties: [ChangedProperty]?
    package let actor: Actor
    package let reason: String?
    /// The `client-request-id` that the caller sent, or nil if the caller sent none.
    package let correlationID: String?
    /// Reflog's own id for the request.
    package let requestID: String
    /// The change that this change rolls back, or nil if this change is not a rollback of a single change.
    package let rollbackOf: Change.ID?
    /// The target time, or nil if the change was not made by a rollback to a time.
    package let rollbackTo: Timestamp?
    /// The id of a rollback to a time, or nil if the change was not made by a rollback to a time.
    ///
    /// All changes of one rollback to a time have the same id.
    package let batchID: String?
    /// The latest time at which the state before the change is known to have existed: `before` at the address, or the
    /// earlier properties of the connector.
    ///
    /// The value is nil if the change is not a drift, or if no such time is known.
    package let lastVerifiedDateTime: Timestamp?

    /// Creates an intent.
    package init(
      subject: Subject,
      kind: Kind,
      before: ConnectorReference,
      after: ConnectorReference,
      changedProperties: [ChangedProperty]? = nil,
      actor: Actor,
      reason: String? = nil,
      correlationID: String? = nil,
      requestID: String,
      rollbackOf: Change.ID? = nil,
      rollbackTo: Timestamp? = nil,
      batchID: String? = nil,
      lastVerifiedDateTime: Timestamp? = nil
    ) {
      self.subject = subject
      self.kind = kind
      self.before = before
      self.after = after
      self.changedProperties = changedProperties
      self.actor = actor
      self.reason = reason
      self.correlationID = correlationID
      self.requestID = requestID
      self.rollbackOf = rollbackOf
      self.rollbackTo = rollbackTo
      self.batchID = batchID
      self.lastVerifiedDateTime = lastVerifiedDateTime
    }
  }

  /// A connector's property that a change wrote.
  ///
  /// Secret values are not recorded.
  package struct ChangedProperty: Hashable, Sendable {
    package let name: String
    package let before: String?
    package let after: String?

    /// Creates a property.
    package init(name: String, before: String?, after: String?) {
      self.name = name
      self.before = before
      self.after = after
    }
  }
}

extension [Change.ChangedProperty] {
  /// The properties in the form `[{"name","before","after"}]`.
  ///
  /// The ledger, JSON and CSV all use this form.
  package var json: JSONValue {
    .array(
      map { property in
        .object([
          "name": .string(property.name), "before": .optional(property.before), "after": .optional(property.after),
        ])
      }
    )
  }
}
