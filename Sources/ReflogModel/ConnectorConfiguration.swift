/// The reference that an address held at a moment, and the change that set the reference.
package struct ConnectorConfiguration: Sendable {
  package let address: Address
  /// The change that shows the reference at the moment of this configuration.
  ///
  /// The value is the last effective change up to the moment. If there was no effective change, the value is the last
  /// applied change. In both cases, the `after` of the change is the reference. The value is nil if no change had been
  /// applied up to the moment.
  package let change: Change?
  /// Whether the reference in this configuration is certain.
  ///
  /// The value is false if a change at the address was pending at the moment of the configuration. In that case, the
  /// address possibly held a different reference.
  package let isCertain: Bool
  /// The redacted target URL of the connector, or nil if no read of the directory showed the URL.
  package let targetURL: String?
  /// When a read of the directory last showed the reference.
  ///
  /// The value is nil if no read has shown the reference since the reference was set.
  package let verified: Timestamp?
  /// The edits of the connector between the change that set the reference and the moment of this configuration.
  ///
  /// The value is nil if the connector was not edited, or if the ledger was not searched for edits.
  package let edits: ConnectorEdits?

  /// Creates a configuration.
  package init(
    address: Address,
    change: Change?,
    isCertain: Bool,
    targetURL: String?,
    verified: Timestamp?,
    edits: ConnectorEdits? = nil
  ) {
    self.address = address
    self.change = change
    self.isCertain = isCertain
    self.targetURL = targetURL
    self.verified = verified
    self.edits = edits
  }

  /// The reference at the moment of this configuration, or `unknown` if Reflog had not read the address yet.
  package var reference: ConnectorReference { change?.after ?? .unknown }
}
