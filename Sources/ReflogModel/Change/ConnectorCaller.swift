/// A step that called a connector, certainly or possibly, when a change of the connector was made.
package struct ConnectorCaller: Hashable, Sendable {
  /// The address of the step.
  package let address: Address
  /// Whether the history before the connector's change shows that the step called the connector.
  ///
  /// The value is false if the oldest change of the step is newer than the connector's change. That oldest change shows
  /// that the step called the connector earlier, but not when this call began.
  package let isCertain: Bool

  /// Creates a caller.
  package init(_ address: Address, isCertain: Bool) {
    (self.address, self.isCertain) = (address, isCertain)
  }
}
