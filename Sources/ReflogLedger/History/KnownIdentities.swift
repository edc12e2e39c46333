import GRDB
import ReflogModel

/// Identity rows, each read once and kept for as long as one read of the ledger takes.
final class KnownIdentities {
  private let db: Database
  private var tenant: String?
  private var addresses: [Int64: Address] = [:]
  private var connectors: [Int64: ConnectorID] = [:]
  private var connectorNames: [Int64: String] = [:]
  private var actors: [Int64: (type: Change.ActorType, id: String?)] = [:]
  private var actorNames: [Int64: (name: String?, userPrincipalName: String?)] = [:]
  private var clientApps: [Int64: String] = [:]

  init(_ db: Database) {
    self.db = db
  }

  func tenantID() throws -> String {
    if let tenant { return tenant }
    let found = try String.fetchOne(db.cachedStatement(sql: "SELECT tenant_id FROM ledger")) ?? ""
    tenant = found
    return found
  }

  func address(_ id: Int64) throws -> Address {
    try kept(id, in: &addresses) {
      let row = try row(
        id,
        """
        SELECT flow.flow_type, flow.flow_id, step.name FROM address
        JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
        WHERE address.id = ?
        """
      )
      guard let flowType = FlowType(rawValue: row[0]), let flow = FlowID(row[1] as String),
        let step = Step(row[2] as String)
      else { throw LedgerError.corrupt("address \(id) is none") }
      return Address(flowType: flowType, flow: flow, step: step)
    }
  }

  func connector(_ id: Int64) throws -> ConnectorID {
    try kept(id, in: &connectors) {
      let text: String = try row(id, "SELECT connector_id FROM connector WHERE id = ?")[0]
      guard let connector = ConnectorID(text) else { throw LedgerError.corrupt("connector \(id) has no id") }
      return connector
    }
  }

  func connectorName(_ id: Int64) throws -> String {
    try kept(id, in: &connectorNames) { try row(id, "SELECT display_name FROM connector_name WHERE id = ?")[0] }
  }

  func actor(_ id: Int64) throws -> (type: Change.ActorType, id: String?) {
    try kept(id, in: &actors) {
      let row = try row(id, "SELECT actor_type, actor_id FROM actor WHERE id = ?")
      guard let type = Change.ActorType(rawValue: row[0]) else {
        throw LedgerError.corrupt("actor \(id) is of no type that there is")
      }
      return (type, row[1])
    }
  }

  func actorName(_ id: Int64) throws -> (name: String?, userPrincipalName: String?) {
    try kept(id, in: &actorNames) {
      let row = try row(id, "SELECT name, user_principal_name FROM actor_name WHERE id = ?")
      return (row[0], row[1])
    }
  }

  func clientApp(_ id: Int64) throws -> String {
    try kept(id, in: &clientApps) { try row(id, "SELECT app_id FROM client_app WHERE id = ?")[0] }
  }

  private func kept<Value>(_ id: Int64, in values: inout [Int64: Value], find: () throws -> Value) throws -> Value {
    if let value = values[id] { return value }
    let value = try find()
    values[id] = value
    return value
  }

  private func row(_ id: Int64, _ sql: String) throws -> Row {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else {
      throw LedgerError.corrupt("what a change names is missing: row \(id) of \(sql)")
    }
    return row
  }
}
