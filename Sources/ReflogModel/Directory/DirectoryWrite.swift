/// A write of the Graph surface.
package enum DirectoryWrite: Sendable {
  /// Points an address at a connector or, with `none`, at nothing.
  case setReference(Address, ConnectorReference)
  case createConnector(JSONObject)
  case updateConnector(ConnectorID, JSONObject)
  case deleteConnector(ConnectorID)
  /// The body comes without its `apiConnectorConfiguration`, which is in `references`.
  case createFlow(FlowType, FlowID, body: JSONObject, references: [Step: ConnectorID])
  /// The body holds no `apiConnectorConfiguration`.
  case updateFlow(FlowType, FlowID, JSONObject)
  case deleteFlow(FlowType, FlowID)
}
