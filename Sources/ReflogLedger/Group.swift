package import ReflogModel

/// The items that one append records together, in one transaction.
package struct Group: Sendable {
  /// The pending changes to settle.
  package var settlements: [Settlement]
  /// The changes to record after the settlements, in the order of the list.
  package var drafts: [Draft]
  /// The service events to record.
  package var events: [ServiceEvent.Content]
  /// The idempotency key of the request, or nil if the client sent none.
  ///
  /// The key is recorded with the first draft that this request made. The group can also contain drafts that this
  /// request did not make: a drift, or the effect of an earlier request. The key is not recorded with these drafts.
  package var key: IdempotencyKey?
  /// The observations from reads of the directory.
  ///
  /// Observations are not part of the history, so they are stored in separate tables.
  package var seen: [Observation]
  /// The addresses of the group, each with the newest applied change that the address had when the group was prepared.
  ///
  /// The change is nil if the address had no applied change. The append is refused if a newer change has been applied
  /// at one of the addresses, or if a change is pending at one of the addresses.
  package var prepared: [(address: Address, newestApplied: Change.ID?)]
  /// The connectors of the group.
  ///
  /// The append is refused if one of these connectors has a pending change.
  package var connectors: [ConnectorID]
  /// The parts of the directory that the group's request changes.
  ///
  /// Freezes are compared with these parts and with the subjects of the drafts. So this list must contain every part
  /// for which the group has no draft.
  package var parts: [ChangedPart]
  /// The override of freezes that the group's request contains.
  ///
  /// Without an override, the append is refused if a freeze covers one of the parts or drafts.
  package var override: Override?

  /// Creates a group.
  package init(
    settlements: [Settlement] = [],
    drafts: [Draft] = [],
    events: [ServiceEvent.Content] = [],
    key: IdempotencyKey? = nil,
    seen: [Observation] = [],
    prepared: [(address: Address, newestApplied: Change.ID?)] = [],
    connectors: [ConnectorID] = [],
    parts: [ChangedPart] = [],
    override: Override? = nil
  ) {
    self.settlements = settlements
    self.drafts = drafts
    self.events = events
    self.key = key
    self.seen = seen
    self.prepared = prepared
    self.connectors = connectors
    self.parts = parts
    self.override = override
  }

  /// The decision of an operator to make the changes of a group in spite of freezes.
  package struct Override: Sendable {
    /// The operator's reason.
    package let reason: String
    /// The operator.
    package let actor: Change.Actor

    /// Creates an override.
    package init(because reason: String, by actor: Change.Actor) {
      self.reason = reason
      self.actor = actor
    }
  }

  /// A change to record and its first event: `intended`, or an event that settles the change immediately.
  package struct Draft: Sendable {
    package let intent: Change.Intent
    package let event: Change.Event
    package let settledBy: Change.Settler

    /// Creates a draft.
    package init(_ intent: Change.Intent, _ event: Change.Event, settledBy: Change.Settler = .request) {
      self.intent = intent
      self.event = event
      self.settledBy = settledBy
    }
  }

  /// A pending change and the event that settles it.
  package struct Settlement: Sendable {
    package let change: Change
    package let event: Change.Event
    package let settledBy: Change.Settler

    /// Creates a settlement.
    package init(_ change: Change, by event: Change.Event, settledBy: Change.Settler) {
      self.change = change
      self.event = event
      self.settledBy = settledBy
    }
  }
}

/// The result of an append.
package enum Appended: Sendable {
  /// The group is durable; this case contains the settled changes and the changes that were recorded from the drafts.
  ///
  /// If the event in a settlement does not settle the change, the list `settled` contains the unchanged pending change.
  case recorded(settled: [Change], drafts: [Change])
  /// An earlier request with the same idempotency key made this change, so the group was not recorded.
  ///
  /// `isSameBody` is true if the bodies of both requests are equal.
  case repeated(Change.ID, isSameBody: Bool)
  /// This change is pending at one of the addresses or connectors, so the group was not recorded.
  case pending(Change.ID)
  /// This freeze covers a part of the directory that the group changes, so the group was not recorded.
  case frozen(CoveringFreeze)
  /// Another change was applied at this address after the group was prepared, so the group was not recorded.
  ///
  /// Prepare the group again.
  case moved(Address)
}
