/// What an address held at a moment, and since which change.
package struct ConnectorConfiguration: Sendable {
  package let address: Address
  /// The newest change at the address until then that made a difference; its after is what stood. Nothing where nobody had
  /// looked yet.
  package let change: Change?
  /// False while a change was under way there.
  package let isCertain: Bool
  /// Where the connector that stands sends to, redacted; nothing where no look at the directory showed it.
  package let targetURL: String?
  /// When a look at the directory last showed that this stands; nothing where none has since the change.
  package let verified: Timestamp?

  package init(address: Address, change: Change?, isCertain: Bool, targetURL: String?, verified: Timestamp?) {
    self.address = address
    self.change = change
    self.isCertain = isCertain
    self.targetURL = targetURL
    self.verified = verified
  }

  /// The reference at that time; unknown if Reflog had not read it yet.
  package var reference: ConnectorReference { change?.after ?? .unknown }
}
