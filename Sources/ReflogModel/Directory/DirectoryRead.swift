/// A question of the Graph surface that touches nothing.
package enum DirectoryRead: Sendable {
  case flows(FlowType)
  case flow(FlowType, FlowID)
  /// The configuration of a flow with these steps expanded.
  case configuration(FlowType, FlowID, expand: [Step])
  /// The connector that stands at an address.
  case connectorAt(Address)
  case connectors
  case connector(ConnectorID)
}
