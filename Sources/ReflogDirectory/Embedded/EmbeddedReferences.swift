import ReflogModel
import ReflogStorage

/// What the steps of the embedded directory's flows call.
enum EmbeddedReferences {
  static func reference(at address: Address, _ db: Connection) throws -> ConnectorReference {
    try connector(at: address, db)?.summary.reference ?? .none
  }

  static func connector(at address: Address, _ db: Connection) throws -> EmbeddedConnector? {
    let flow = try EmbeddedFlows.row(address.flowType, address.flow, db)
    try requireKnown(address.step)
    let id = try db.text(
      """
      SELECT connector.connector_id FROM reference JOIN connector ON connector.id = reference.connector
      WHERE reference.flow = ? AND reference.step = ?
      """,
      [flow, address.step.name]
    )
    return try id.flatMap { ConnectorID($0) }.map { try EmbeddedConnectors.require($0, db) }
  }

  /// 200 with the connector, or 204 where the step calls nothing.
  static func connectorResponse(at address: Address, _ db: Connection) throws -> DirectoryResponse {
    try connector(at: address, db)?.response(httpStatus: 200) ?? .noContent
  }

  /// A `userFlowApiConnectorConfiguration` with these steps expanded.
  static func configuration(
    of id: FlowID,
    _ flowType: FlowType,
    expand steps: [Step],
    _ db: Connection
  ) throws -> DirectoryResponse {
    let flow = try EmbeddedFlows.find(flowType, id, db)
    var body: JSONObject = [:]
    for step in steps {
      let connector = try connector(at: Address(flowType: flowType, flow: id, step: step), db)
      body[step.name] = connector.map { .object($0.json) } ?? .null
    }
    let expanded = steps.isEmpty ? "" : "(" + steps.map { "\($0)()" }.joined(separator: ",") + ")"
    return DirectoryResponse(
      httpStatus: 200,
      body: body,
      contextFragment: "identity/\(flowType.rawValue)('\(flow.id)')/apiConnectorConfiguration\(expanded)"
    )
  }

  static func set(_ reference: ConnectorReference, at address: Address, _ db: Connection) throws -> DirectoryResponse {
    let flow = try EmbeddedFlows.row(address.flowType, address.flow, db)
    try requireKnown(address.step)
    switch reference {
    case .connector(let id, _):
      guard let connector = try db.integer("SELECT id FROM connector WHERE connector_id = ?", [id.text]) else {
        throw DirectoryRefusal.notFound(id.text)
      }
      try db.execute(
        """
        INSERT INTO reference (flow, step, connector) VALUES (?, ?, ?)
        ON CONFLICT (flow, step) DO UPDATE SET connector = excluded.connector
        """,
        [flow, address.step.name, connector]
      )
    case .none:
      try db.execute("DELETE FROM reference WHERE flow = ? AND step = ?", [flow, address.step.name])
    case .unknown:
      throw DirectoryRefusal.badRequest("A step can't be pointed at an unknown connector.")
    }
    return .noContent
  }

  private static func requireKnown(_ step: Step) throws {
    guard Step.known.contains(step) else { throw DirectoryRefusal.unknownSegment(step.name) }
  }
}
