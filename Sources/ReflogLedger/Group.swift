package import ReflogModel

/// What one append records together, in one transaction.
package struct Group: Sendable {
  /// The pending changes to settle.
  package var settlements: [Settlement]
  /// The changes to record after the settlements, in this order.
  package var drafts: [Draft]
  /// The service events to record.
  package var events: [ServiceEvent.Content]
  /// The idempotency key of the request, or nil if the client sent none.
  ///
  /// It identifies the first draft that is not a drift.
  package var key: IdempotencyKey?
  /// What reads of the directory showed.
  ///
  /// Observations are not part of history.
  package var seen: [Observation]
  /// The newest applied change of each address when the group was prepared, or nil if the address had none.
  ///
  /// The append is refused if another change was applied there since, or if a change is pending there.
  package var prepared: [(address: Address, newestApplied: Change.ID?)]
  /// The connectors of the group.
  ///
  /// The append is refused if a change of one of them is pending.
  package var connectors: [ConnectorID]

  /// Creates a group.
  package init(
    settlements: [Settlement] = [],
    drafts: [Draft] = [],
    events: [ServiceEvent.Content] = [],
    key: IdempotencyKey? = nil,
    seen: [Observation] = [],
    prepared: [(address: Address, newestApplied: Change.ID?)] = [],
    connectors: [ConnectorID] = []
  ) {
    self.settlements = settlements
    self.drafts = drafts
    self.events = events
    self.key = key
    self.seen = seen
    self.prepared = prepared
    self.connectors = connectors
  }

  /// A change to record and its first event: `intended`, or an event that settles the change at once.
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
  /// The group is durable: the settled changes, and the drafts as changes.
  ///
  /// A change that its event leaves pending is returned unchanged.
  case recorded(settled: [Change], drafts: [Change])
  /// An earlier request with the same idempotency key made this change; the group was not recorded.
  case repeated(Change.ID, isSameBody: Bool)
  /// This change is pending at one of the addresses or connectors; the group was not recorded.
  case pending(Change.ID)
  /// Another change was applied at this address since the group was prepared; the group was not recorded.
  ///
  /// Prepare the group again.
  case moved(Address)
}
