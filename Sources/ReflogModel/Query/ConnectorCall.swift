/// A period in which a step called a connector.
package struct ConnectorCall: Sendable {
  /// The change that pointed the step at the connector.
  ///
  /// The value is nil if the step called the connector before its first recorded change.
  package let start: Change?
  /// The change that ended the period, or nil if the step still calls the connector.
  package let end: Change?
  /// The id that determines the position of the period in a list.
  ///
  /// This is the id of the change that began the period. If the beginning is not recorded, this is the id of the change
  /// that ended the period.
  package let position: Change.ID

  /// Creates a period that a recorded change began.
  package init(start: Change, end: Change?) { (self.start, self.end, position) = (start, end, start.id) }

  /// Creates a period that began before the first recorded change of the step.
  package init(endedBy end: Change) { (start, self.end, position) = (nil, end, end.id) }
}

/// A part of the list of periods in which steps called a connector.
package struct ConnectorCalls: Sendable {
  /// The periods, newest first.
  package let calls: [ConnectorCall]
  /// The id for the request of the next part of the list, or nil if this part is the last.
  ///
  /// The next part contains only periods whose ``ConnectorCall/position`` is a lower id.
  package let next: Change.ID?

  /// Creates a part of the list.
  package init(calls: [ConnectorCall], next: Change.ID?) {
    (self.calls, self.next) = (calls, next)
  }
}
