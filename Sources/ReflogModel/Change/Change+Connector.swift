extension Change {
  /// The connector that the change created, updated or deleted, or nil if the change is about a step.
  ///
  /// The value is also nil for the creation of a connector whose id is unknown.
  package var connectorID: ConnectorID? {
    intent.subject == .connector ? intent.before.connectorID ?? after.connectorID : nil
  }
}
