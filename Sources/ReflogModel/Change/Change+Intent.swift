extension Change {
  /// What a change set out to do, for whom and why; fixed once it is recorded.
  package final class Intent: Sendable {
    package let subject: Subject
    package let kind: Kind
    package let before: ConnectorReference
    package let after: ConnectorReference
    /// For a connector: the properties that were written.
    package let changedProperties: [ChangedProperty]?
    package let actor: Actor
    package let reason: String?
    /// The caller's `client-request-id`.
    package let correlationID: String?
    /// Reflog's own id for the request.
    package let requestID: String
    package let rollbackOf: Change.ID?
    package let rollbackTo: Timestamp?
    /// Common to the changes of one rollback to a time.
    package let batchID: String?
    /// Of a drift: when its before was last known to stand.
    package let lastVerifiedDateTime: Timestamp?

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

  /// A property of a connector that a change wrote; values only where they are no secrets.
  package struct ChangedProperty: Hashable, Sendable {
    package let name: String
    package let before: String?
    package let after: String?

    package init(name: String, before: String?, after: String?) {
      self.name = name
      self.before = before
      self.after = after
    }
  }
}

extension [Change.ChangedProperty] {
  /// `[{"name","before","after"}]`, the same in the ledger, in JSON and in CSV.
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
