/// A connector in the list of all connectors.
package struct ListedConnector: Sendable {
  package let id: ConnectorID
  /// The name, or nil if it is unknown.
  package let displayName: String?
  /// The target URL without its query, or nil if the URL is unknown.
  package let targetURL: String?
  /// Some of the steps that call the connector now.
  package let callers: [Caller]
  /// The number of steps that call the connector now.
  package let callerCount: Int
  /// The newest applied change of the connector, or nil if there is none.
  package let newest: Change?

  /// A step that calls a connector.
  package struct Caller: Sendable, Equatable {
    package let address: Address
    /// Whether a change of the flow is recorded.
    package let isRecorded: Bool

    /// Creates a step that calls a connector.
    package init(_ address: Address, isRecorded: Bool) {
      (self.address, self.isRecorded) = (address, isRecorded)
    }
  }

  /// Creates a connector.
  ///
  /// - Parameters:
  ///   - id: The id.
  ///   - displayName: The name, or nil if it is unknown.
  ///   - targetURL: The target URL without its query, or nil if the URL is unknown.
  ///   - callers: Some of the steps that call the connector now.
  ///   - callerCount: The number of steps that call the connector now.
  ///   - newest: The newest applied change of the connector, or nil if there is none.
  package init(
    _ id: ConnectorID,
    displayName: String?,
    targetURL: String?,
    callers: [Caller],
    callerCount: Int,
    newest: Change?
  ) {
    (self.id, self.displayName, self.targetURL) = (id, displayName, targetURL)
    (self.callers, self.callerCount, self.newest) = (callers, callerCount, newest)
  }
}
