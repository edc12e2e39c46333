/// What an address holds, and since which change.
package struct ConnectorConfiguration: Sendable {
  package let address: Address
  /// The newest change at the address that made a difference; its after is what stands.
  package let change: Change
  /// False while a change is under way there.
  package let isCertain: Bool

  package init(address: Address, change: Change, isCertain: Bool) {
    self.address = address
    self.change = change
    self.isCertain = isCertain
  }
}
