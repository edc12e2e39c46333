import GRDB
import ReflogModel

/// Reads identity rows, each once.
struct KnownIdentities {
  private let db: Database
  private let cache: IdentityCache

  init(_ db: Database, _ cache: IdentityCache) {
    self.db = db
    self.cache = cache
  }

  func tenantID() throws -> String {
    try cache.tenantID { try String.fetchOne(db.cachedStatement(sql: "SELECT tenant_id FROM ledger")) ?? "" }
  }

  func address(_ id: Int64) throws -> Address {
    try cache.value(id, in: \.addresses) {
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
    try cache.value(id, in: \.connectors) {
      let text: String = try row(id, "SELECT connector_id FROM connector WHERE id = ?")[0]
      guard let connector = ConnectorID(text) else { throw LedgerError.corrupt("connector \(id) has no id") }
      return connector
    }
  }

  func connectorName(_ id: Int64) throws -> String {
    try cache.value(id, in: \.connectorNames) { try row(id, "SELECT display_name FROM connector_name WHERE id = ?")[0] }
  }

  func actor(_ id: Int64) throws -> IdentityCache.ActorIdentity {
    try cache.value(id, in: \.actors) {
      let row = try row(id, "SELECT actor_type, actor_id FROM actor WHERE id = ?")
      guard let type = Change.ActorType(rawValue: row[0]) else {
        throw LedgerError.corrupt("actor \(id) is of no type that there is")
      }
      return IdentityCache.ActorIdentity(type: type, id: row[1])
    }
  }

  func actorName(_ id: Int64) throws -> IdentityCache.ActorName {
    try cache.value(id, in: \.actorNames) {
      let row = try row(id, "SELECT name, user_principal_name FROM actor_name WHERE id = ?")
      return IdentityCache.ActorName(name: row[0], userPrincipalName: row[1])
    }
  }

  func clientApp(_ id: Int64) throws -> String {
    try cache.value(id, in: \.clientApps) { try row(id, "SELECT app_id FROM client_app WHERE id = ?")[0] }
  }

  private func row(_ id: Int64, _ sql: String) throws -> Row {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else {
      throw LedgerError.corrupt("what a change names is missing: row \(id)")
    }
    return row
  }
}
