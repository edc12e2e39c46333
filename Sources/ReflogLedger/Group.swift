package import ReflogModel

/// What is appended to the ledger in one transaction: all of it, or nothing.
package struct Group: Sendable {
  /// Pending changes that are settled, and by what.
  package var settlements: [Settlement]
  /// Changes that are recorded, in this order, behind the settlements.
  package var drafts: [Draft]
  /// What happened to Reflog itself.
  package var events: [ServiceEvent.Content]
  /// What the client called the request: it names the first draft that is no drift.
  package var key: IdempotencyKey?
  /// What reads of the directory showed; no part of history.
  package var seen: [Observation]
  /// What the group was prepared on: the newest applied change of each address, or nil where there was none. Nothing may be pending at
  /// these addresses.
  package var prepared: [(address: Address, newestApplied: Change.ID?)]
  /// Connectors of which nothing may be pending.
  package var connectors: [ConnectorID]

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

  /// A change to be recorded, and its first event: `intended`, or an event that settles it at once.
  package struct Draft: Sendable {
    package let intent: Change.Intent
    package let event: Change.Event
    package let settledBy: Change.Settler

    package init(_ intent: Change.Intent, _ event: Change.Event, settledBy: Change.Settler = .request) {
      self.intent = intent
      self.event = event
      self.settledBy = settledBy
    }
  }

  /// A pending change, and what happened to it.
  package struct Settlement: Sendable {
    package let change: Change
    package let event: Change.Event
    package let settledBy: Change.Settler

    package init(_ change: Change, by event: Change.Event, settledBy: Change.Settler) {
      self.change = change
      self.event = event
      self.settledBy = settledBy
    }
  }
}

/// What came of a group.
package enum Appended: Sendable {
  /// It is durable: the settled changes and the drafts as they were recorded. A change that its event leaves pending comes back as it
  /// was.
  case recorded(settled: [Change], drafts: [Change])
  /// The key has an answer: this change. Nothing was recorded.
  case repeated(Change.ID, isSameBody: Bool)
  /// A change is pending at one of the addresses or connectors. Nothing was recorded.
  case pending(Change.ID)
  /// Another change was applied at this address since the group was prepared. Nothing was recorded: prepare it again.
  case moved(Address)
}
