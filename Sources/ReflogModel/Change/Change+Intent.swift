extension Change {
  /// What a change intends, for whom and why. It never changes once it is recorded.
  package final class Intent: Sendable {
    package let subject: Subject
    package let kind: Kind
    /// The reference, or for a connector the connector itself, before the change.
    package let before: ConnectorReference
    /// The intended reference, or for a connector the connector itself, after the change.
    package let after: ConnectorReference
    /// For a connector, the properties that the change writes; otherwise nil.
    package let changedProperties: [ChangedProperty]?
    package let actor: Actor
    package let reason: String?
    /// The caller's `client-request-id`, or nil if it sent none.
    package let correlationID: String?
    /// Reflog's own id for the request.
    package let requestID: String
    /// The change that this one rolls back, or nil.
    package let rollbackOf: Change.ID?
    /// The moment of the rollback to a time that this change is part of, or nil.
    package let rollbackTo: Timestamp?
    /// The id that all changes of one rollback to a time share, or nil.
    package let batchID: String?
    /// For a drift, when the address was last known to hold the before; otherwise nil.
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

  /// A property of a connector that a change wrote. Its values are recorded only if they are no secrets.
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
  /// The properties as `[{"name","before","after"}]`, the same in the ledger, in JSON and in CSV.
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
