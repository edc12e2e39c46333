import ReflogModel
import ReflogStorage

/// Reads and writes the references of the embedded directory.
enum EmbeddedReferences {
  static func reference(at address: Address, _ db: Connection) throws -> ConnectorReference {
    try connector(at: address, db)?.summary.reference ?? .none
  }

  /// Returns the steps that call a connector, each with its reference.
  static func all(_ db: Connection) throws -> [Address: ConnectorReference] {
    let references = try db.rows(
      """
      SELECT flow.flow_type, flow.flow_id, reference.step, connector.connector_id FROM reference
      JOIN flow ON flow.id = reference.flow JOIN connector ON connector.id = reference.connector
      """
    ) { row in
      guard let flowType = FlowType(rawValue: try row.text(0)) else { throw row.unexpected(0) }
      guard let flow = FlowID(try row.text(1)) else { throw row.unexpected(1) }
      guard let step = Step(try row.text(2)) else { throw row.unexpected(2) }
      guard let connector = ConnectorID(try row.text(3)) else { throw row.unexpected(3) }
      return (
        Address(flowType: flowType, flow: flow, step: step), ConnectorReference.connector(connector, displayName: nil)
      )
    }
    return Dictionary(references) { first, _ in first }
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

  /// Returns a flow's `userFlowApiConnectorConfiguration`, with the connectors of the given steps.
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
    try EmbeddedReferenceStatements(db).set(reference, at: address)
  }

  static func requireKnown(_ step: Step) throws {
    guard Step.known.contains(step) else { throw DirectoryRefusal.unknownSegment(step.name) }
  }
}

/// The prepared statements that set a reference.
struct EmbeddedReferenceStatements {
  private let findFlow, findConnector, set, remove: Statement

  init(_ db: Connection) throws {
    findFlow = try db.prepare("SELECT id FROM flow WHERE flow_type = ? AND flow_id = ?")
    findConnector = try db.prepare("SELECT id FROM connector WHERE connector_id = ?")
    set = try db.prepare(
      """
      INSERT INTO reference (flow, step, connector) VALUES (?, ?, ?)
      ON CONFLICT (flow, step) DO UPDATE SET connector = excluded.connector
      """
    )
    remove = try db.prepare("DELETE FROM reference WHERE flow = ? AND step = ?")
  }

  func set(_ reference: ConnectorReference, at address: Address) throws -> DirectoryResponse {
    findFlow.bind(1, address.flowType.rawValue)
    findFlow.bind(2, address.flow.text)
    guard let flow = try Self.row(findFlow) else { throw DirectoryRefusal.notFound(address.flow.text) }
    try EmbeddedReferences.requireKnown(address.step)
    let statement: Statement
    switch reference {
    case .connector(let id, _):
      findConnector.bind(1, id.text)
      guard let connector = try Self.row(findConnector) else { throw DirectoryRefusal.notFound(id.text) }
      set.bind(3, connector)
      statement = set
    case .none: statement = remove
    case .unknown: throw DirectoryRefusal.badRequest("A step can't be pointed at an unknown connector.")
    }
    statement.bind(1, flow)
    statement.bind(2, address.step.name)
    try statement.run()
    return .noContent
  }

  private static func row(_ statement: Statement) throws -> Int64? {
    defer { statement.reset() }
    return try statement.next()?.integer(0)
  }
}
