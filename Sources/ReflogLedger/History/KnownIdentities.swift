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
    try cache.tenantID {
      try String.fetchOne(db.cachedStatement(sql: "SELECT tenant_id FROM ledger WHERE id = 1")) ?? ""
    }
  }

  func address(_ id: Int64) throws -> Address {
    try cache.addresses.value(id) {
      let row = try row(
        id,
        """
        SELECT flow.flow_type, flow.flow_id, step.name FROM address
        JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
        WHERE address.id = ?
        """
      )
      let name = try row.text(2)
      // A known step stands in Graph's spelling.
      guard let flowType = FlowType(rawValue: try row.text(0)), let flow = FlowID(try row.text(1)),
        let step = Step(name), step.name.utf8.elementsEqual(name.utf8)
      else { throw LedgerError.corrupt("address \(id) is none") }
      return Address(flowType: flowType, flow: flow, step: step)
    }
  }

  func connector(_ id: Int64) throws -> ConnectorID {
    try cache.connectors.value(id) {
      guard let connector = ConnectorID(try row(id, "SELECT connector_id FROM connector WHERE id = ?").text(0)) else {
        throw LedgerError.corrupt("connector \(id) has no id")
      }
      return connector
    }
  }

  /// A name that a connector had.
  func name(_ id: Int64, ofConnector connector: Int64) throws -> String {
    let name = try cache.connectorNames.value(id) {
      let row = try row(id, "SELECT connector, display_name FROM connector_name WHERE id = ?")
      return IdentityCache.ConnectorName(connector: try row.number(0), name: try row.text(1))
    }
    guard name.connector == connector else { throw LedgerError.corrupt("name \(id) is another connector's") }
    return name.name
  }

  func actor(_ id: Int64) throws -> IdentityCache.ActorIdentity {
    try cache.actors.value(id) {
      let row = try row(id, "SELECT actor_type, actor_id FROM actor WHERE id = ?")
      guard let type = Change.ActorType(rawValue: try row.text(0)) else {
        throw LedgerError.corrupt("actor \(id) is of no type that there is")
      }
      return IdentityCache.ActorIdentity(type: type, id: try row.optionalText(1))
    }
  }

  /// What an actor was called.
  func name(_ id: Int64, ofActor actor: Int64) throws -> IdentityCache.ActorName {
    let name = try cache.actorNames.value(id) {
      let row = try row(id, "SELECT actor, name, user_principal_name FROM actor_name WHERE id = ?")
      return IdentityCache.ActorName(
        actor: try row.number(0),
        name: try row.optionalText(1),
        userPrincipalName: try row.optionalText(2)
      )
    }
    guard name.actor == actor else { throw LedgerError.corrupt("name \(id) is another actor's") }
    return name
  }

  func clientApp(_ id: Int64) throws -> String {
    try cache.clientApps.value(id) { try row(id, "SELECT app_id FROM client_app WHERE id = ?").text(0) }
  }

  private func row(_ id: Int64, _ sql: String) throws -> Row {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else {
      throw LedgerError.corrupt("what a change names is missing: row \(id)")
    }
    return row
  }
}
