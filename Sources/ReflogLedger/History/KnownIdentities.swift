import ReflogModel
import ReflogStorage

/// Reads the rows of ids and names through a cache.
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

  /// Returns the address in the row with this id.
  func address(_ id: Int64) throws -> Address {
    try identity(
      id,
      cache.addresses,
      """
      SELECT address.id, flow.flow_type, flow.flow_id, step.name FROM address
      JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
      WHERE address.id BETWEEN ? AND ?
      """
    ) { try $0.address(1) }
  }

  /// Returns the connector id in the row with this id.
  func connector(_ id: Int64) throws -> ConnectorID {
    try identity(id, cache.connectors, "SELECT id, connector_id FROM connector WHERE id BETWEEN ? AND ?") {
      try $0.connectorID(1)
    }
  }

  /// Returns the connector's name in the row with this id, and throws if the row belongs to another connector.
  func name(_ id: Int64, ofConnector connector: Int64) throws -> String {
    let name = try identity(
      id,
      cache.connectorNames,
      "SELECT id, connector, display_name FROM connector_name WHERE id BETWEEN ? AND ?"
    ) { IdentityCache.ConnectorName(connector: try $0.integer(1), name: try $0.text(2)) }
    guard name.connector == connector else {
      throw LedgerError.corrupt("row \(id) of connector_name belongs to another connector")
    }
    return name.name
  }

  /// Returns the type and the id of the actor in the row with this id.
  func actor(_ id: Int64) throws -> IdentityCache.ActorIdentity {
    try identity(id, cache.actors, "SELECT id, actor_type, actor_id FROM actor WHERE id BETWEEN ? AND ?") {
      IdentityCache.ActorIdentity(type: try $0.word(1, Change.ActorType.init), id: try $0.optionalText(2))
    }
  }

  /// Returns the actor's name in the row with this id, and throws if the row belongs to another actor.
  func name(_ id: Int64, ofActor actor: Int64) throws -> IdentityCache.ActorName {
    let name = try identity(
      id,
      cache.actorNames,
      "SELECT id, actor, name, user_principal_name FROM actor_name WHERE id BETWEEN ? AND ?"
    ) {
      IdentityCache.ActorName(
        actor: try $0.integer(1),
        name: try $0.optionalText(2),
        userPrincipalName: try $0.optionalText(3)
      )
    }
    guard name.actor == actor else { throw LedgerError.corrupt("row \(id) of actor_name belongs to another actor") }
    return name
  }

  /// Returns the id of the client app in the row with this id.
  func clientApp(_ id: Int64) throws -> String {
    try identity(id, cache.clientApps, "SELECT id, app_id FROM client_app WHERE id BETWEEN ? AND ?") { try $0.text(1) }
  }

  /// Returns the content of a row from memory, or reads the row together with the rows whose ids are near.
  ///
  /// An export needs nearly all rows of ids and names. If each row had its own SQL query and the database were on
  /// another machine, most of the time would be lost to network round trips.
  ///
  /// - Parameters:
  ///   - id: The id of the row.
  ///   - table: The rows that are kept in memory.
  ///   - sql: A query for the rows in a range of ids. The first column is the id.
  ///   - value: Reads the content of a row.
  /// - Throws: ``LedgerError/corrupt(_:)`` if the row is missing.
  private func identity<Value>(
    _ id: Int64,
    _ table: IdentityTable<Value>,
    _ sql: String,
    _ value: (Row) throws -> Value
  ) throws -> Value {
    if let known = table[id] { return known }
    let bits = IdentityTable<Value>.blockBits
    func rows(_ ids: ClosedRange<Int64>) throws -> [Int64: Value] {
      var found: [Int64: Value] = [:]
      try db.forEach(sql, [ids.lowerBound, ids.upperBound]) { row in
        let other = try row.integer(0)
        // A purge or an erasure empties rows to which no change refers. Such a row can't be read. So an error in a row
        // that the caller did not request is ignored.
        found[other] = other == id ? try value(row) : try? value(row)
      }
      return found
    }
    let found: [Int64: Value]
    do { found = try rows(id & ~bits...id | bits) } catch {
      // Another row in the range may be damaged. So the requested row is read once more without the other rows.
      guard let row = try? rows(id...id) else { throw error }
      found = row
    }
    guard let identity = found[id] else {
      throw LedgerError.corrupt("a change refers to the identity row \(id), but this row is missing")
    }
    table.keep(found)
    return identity
  }
}
