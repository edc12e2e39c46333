import ReflogModel
import ReflogStorage

/// Reads identity rows through a cache.
struct KnownIdentities {
  private let db: any LedgerConnection
  private let cache: IdentityCache

  /// Creates a reader for one read of the ledger.
  init(_ db: any LedgerConnection, _ cache: IdentityCache) {
    self.db = db
    self.cache = cache
  }

  /// Returns the ledger's tenant.
  func tenantID() throws -> String {
    try cache.tenantID { try db.text("SELECT tenant_id FROM ledger WHERE id = 1") ?? "" }
  }

  /// Returns the address in a row.
  func address(_ id: Int64) throws -> Address {
    try cache.addresses.value(id) {
      try row(
        id,
        """
        SELECT flow.flow_type, flow.flow_id, step.name FROM address
        JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
        WHERE address.id = ?
        """
      ) { try $0.address(0) }
    }
  }

  /// Returns the connector in a row.
  func connector(_ id: Int64) throws -> ConnectorID {
    try cache.connectors.value(id) {
      try row(id, "SELECT connector_id FROM connector WHERE id = ?") { try $0.connectorID(0) }
    }
  }

  /// Returns the name in a row, and throws if the row does not belong to the connector.
  func name(_ id: Int64, ofConnector connector: Int64) throws -> String {
    let name = try cache.connectorNames.value(id) {
      try row(id, "SELECT connector, display_name FROM connector_name WHERE id = ?") {
        IdentityCache.ConnectorName(connector: try $0.integer(0), name: try $0.text(1))
      }
    }
    guard name.connector == connector else {
      throw LedgerError.corrupt("row \(id) of connector_name belongs to another connector")
    }
    return name.name
  }

  /// Returns the type and the id of the actor in a row.
  func actor(_ id: Int64) throws -> IdentityCache.ActorIdentity {
    try cache.actors.value(id) {
      try row(id, "SELECT actor_type, actor_id FROM actor WHERE id = ?") {
        IdentityCache.ActorIdentity(type: try $0.word(0, Change.ActorType.init), id: try $0.optionalText(1))
      }
    }
  }

  /// Returns the name in a row, and throws if the row does not belong to the actor.
  func name(_ id: Int64, ofActor actor: Int64) throws -> IdentityCache.ActorName {
    let name = try cache.actorNames.value(id) {
      try row(id, "SELECT actor, name, user_principal_name FROM actor_name WHERE id = ?") {
        IdentityCache.ActorName(
          actor: try $0.integer(0),
          name: try $0.optionalText(1),
          userPrincipalName: try $0.optionalText(2)
        )
      }
    }
    guard name.actor == actor else { throw LedgerError.corrupt("row \(id) of actor_name belongs to another actor") }
    return name
  }

  /// Returns the id of the client app in a row.
  func clientApp(_ id: Int64) throws -> String {
    try cache.clientApps.value(id) {
      try row(id, "SELECT app_id FROM client_app WHERE id = ?") { try $0.text(0) }
    }
  }

  /// Returns the value of an identity row, and throws if the row is missing.
  private func row<Value>(_ id: Int64, _ sql: String, _ value: (Row) throws -> Value) throws -> Value {
    guard let found = try db.first(sql, [id], value) else {
      throw LedgerError.corrupt("a change refers to the identity row \(id), which is missing")
    }
    return found
  }
}
