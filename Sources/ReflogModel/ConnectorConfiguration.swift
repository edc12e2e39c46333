/// What an address held at a moment, and the change that set it.
package struct ConnectorConfiguration: Sendable {
  package let address: Address
  /// The last effective change by then; if there was none, the last applied one; nil if no change had been applied.
  ///
  /// Its after is the reference at that moment.
  package let change: Change?
  /// False if a change was pending there at that moment.
  package let isCertain: Bool
  /// The target URL of the connector, redacted, or nil if no read of the directory showed it.
  package let targetURL: String?
  /// When a read of the directory last showed the reference, or nil if no read has since it was set.
  package let verified: Timestamp?

  /// Creates a configuration.
  package init(address: Address, change: Change?, isCertain: Bool, targetURL: String?, verified: Timestamp?) {
    self.address = address
    self.change = change
    self.isCertain = isCertain
    self.targetURL = targetURL
    self.verified = verified
  }

  /// The reference at that moment, or `unknown` if Reflog had not read the address yet.
  package var reference: ConnectorReference { change?.after ?? .unknown }
}
