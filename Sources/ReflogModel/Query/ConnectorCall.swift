/// A period in which a step called a connector.
package struct ConnectorCall: Sendable {
  /// The change that pointed the step at the connector.
  package let start: Change
  /// The change that ended the period, or nil if the step still calls the connector.
  package let end: Change?

  /// Creates a period.
  package init(start: Change, end: Change?) {
    (self.start, self.end) = (start, end)
  }
}

/// A part of the list of periods in which steps called a connector.
package struct ConnectorCalls: Sendable {
  /// The periods, newest first.
  package let calls: [ConnectorCall]
  /// The id below which the next part begins, or nil if this part is the last.
  package let next: Change.ID?

  /// Creates a part of the list.
  package init(calls: [ConnectorCall], next: Change.ID?) {
    (self.calls, self.next) = (calls, next)
  }
}
