/// A step that called a connector, certainly or possibly, when a change of the connector was made.
package struct ConnectorCaller: Hashable, Sendable {
  /// The address of the step.
  package let address: Address
  /// True if a record from before the change shows that the step called the connector.
  ///
  /// The value is false if the first record of the step is later. That record shows that the step called the connector
  /// until then, but it is not recorded since when.
  package let isCertain: Bool

  /// Creates a caller.
  package init(_ address: Address, isCertain: Bool) {
    (self.address, self.isCertain) = (address, isCertain)
  }
}
