package import ReflogModel
import ReflogStorage

/// Finds or inserts identity rows, which contain the ids and names of addresses, connectors and actors.
///
/// Each id and each name has one row. An id is returned in the spelling that was recorded first. Found rows are kept in
/// memory for later transactions, until `forget()` is called.
package final class Identities {
  /// The row number of an address, and the address in the spelling that was recorded first.
  struct AddressRow {
    let row: Int64
    let address: Address
  }

  /// The row numbers of a reference, and the reference in the spelling that was recorded first.
  package struct ReferenceRows {
    let reference: ConnectorReference
    package var connector: Int64?
    package var name: Int64?

    /// The value of the column `before_absent` or `after_absent`, or nil if the reference is a connector.
    ///
    /// If no connector is referenced, the column contains the state of the reference.
    package var absent: String? { connector == nil ? reference.state.rawValue : nil }
  }

  /// The row numbers of an actor, and the actor with the recorded name.
  struct ActorRows {
    let actor: Change.Actor
    let row: Int64
    let name: Int64?
    let clientApp: Int64?
  }

  /// The key that finds a connector's name in memory.
  ///
  /// The name is stored as bytes. Swift treats different Unicode forms of a text as equal, but SQLite does not. So a
  /// key with a text could find the row of a different name.
  private struct ConnectorNameKey: Hashable {
    let connector: Int64
    let name: [UInt8]
  }

  /// The key that finds an actor in memory.
  private struct ActorKey: Hashable {
    let type: Change.ActorType
    let id: [UInt8]?
  }

  /// The key that finds an actor's name in memory.
  private struct ActorNameKey: Hashable {
    let actor: Int64
    let name: [UInt8]?
    let userPrincipalName: [UInt8]?
  }

  /// The row number of an actor's name, and the name.
  private struct ActorName {
    let row: Int64
    let name: String?
    let userPrincipalName: String?
  }

  private let db: any LedgerConnection
  private var addresses = BoundedMemory<Address, AddressRow>()
  private var flows = BoundedMemory<FlowName, (row: Int64, flow: FlowName)>()
  private var connectors = BoundedMemory<ConnectorID, (row: Int64, id: ConnectorID)>()
  private var connectorNames = BoundedMemory<ConnectorNameKey, Int64>()
  private var actors = BoundedMemory<ActorKey, Int64>()
  private var actorNames = BoundedMemory<ActorNameKey, ActorName>()
  private var clientApps = BoundedMemory<[UInt8], Int64>()

  /// Creates an object without rows in memory.
  init(_ db: any LedgerConnection) {
    self.db = db
  }

  /// Drops all rows from memory.
  ///
  /// Call this after a transaction was rolled back, or after identity rows were emptied.
  func forget() {
    addresses.removeAll()
    flows.removeAll()
    connectors.removeAll()
    connectorNames.removeAll()
    actors.removeAll()
    actorNames.removeAll()
    clientApps.removeAll()
  }

  /// Returns the row number of an address, or nil if it is not in memory.
  package func rememberedRow(of address: Address) -> Int64? { addresses[address]?.row }

  /// Returns the row number of a connector, or nil if it is not in memory.
  package func rememberedRow(of connector: ConnectorID) -> Int64? { connectors[connector]?.row }

  /// Returns the row number of an address, or nil if the address has no row yet.
  func knownRow(of address: Address) throws -> Int64? {
    if let known = addresses[address] { return known.row }
    return try History.row(of: address, db)
  }

  /// Returns the row number of a connector, or nil if the connector has no row yet.
  func knownRow(of connector: ConnectorID) throws -> Int64? {
    if let known = connectors[connector] { return known.row }
    return try History.row(of: connector, db)
  }

  /// Returns the row of an address, and inserts the row first if the address has no row.
  func row(of address: Address) throws -> AddressRow {
    try addresses.value(address) {
      let (flowRow, flow) = try rowAndName(of: FlowName(of: address))
      let (stepRow, stepName) = try findOrInsert(
        find: "SELECT id, name FROM step WHERE \(db.dialect.equalIgnoringCase("name", "?"))",
        insert: "INSERT INTO step (name) VALUES (?)",
        [address.step.name]
      ) { (try $0.integer(0), try $0.text(1)) }
      guard let step = Step(stepName) else { throw LedgerError.corrupt("row \(stepRow) of step holds no valid name") }
      let row = try findOrInsert(
        find: "SELECT id FROM address WHERE flow = ? AND step = ?",
        insert: "INSERT INTO address (flow, step) VALUES (?, ?)",
        [flowRow, stepRow]
      ) { try $0.integer(0) }
      return AddressRow(row: row, address: Address(flowType: flow.flowType, flow: flow.flow, step: step))
    }
  }

  /// Returns the row number of a flow, and inserts the row first if the flow has no row.
  func row(of flow: FlowName) throws -> Int64 { try rowAndName(of: flow).row }

  /// Returns the row number of a flow, and the flow in the spelling that was recorded first.
  ///
  /// If the flow has no row, the row is inserted first.
  private func rowAndName(of flow: FlowName) throws -> (row: Int64, flow: FlowName) {
    try flows.value(flow) {
      let (row, text) = try findOrInsert(
        find: "SELECT id, flow_id FROM flow WHERE flow_type = ? AND \(db.dialect.equalIgnoringCase("flow_id", "?"))",
        insert: "INSERT INTO flow (flow_type, flow_id) VALUES (?, ?)",
        [flow.flowType.rawValue, flow.flow.text]
      ) { (try $0.integer(0), try $0.text(1)) }
      guard let id = FlowID(text) else { throw LedgerError.corrupt("row \(row) of flow holds no valid id") }
      return (row, FlowName(flow.flowType, id))
    }
  }

  /// Returns the row of a connector and the row of the connector's name, or no rows if the reference is not a
  /// connector.
  func rows(of reference: ConnectorReference) throws -> ReferenceRows {
    guard case .connector(let id, let displayName) = reference else { return ReferenceRows(reference: reference) }
    let connector = try connectors.value(id) {
      let (row, text) = try findOrInsert(
        find: "SELECT id, connector_id FROM connector WHERE \(db.dialect.equalIgnoringCase("connector_id", "?"))",
        insert: "INSERT INTO connector (connector_id) VALUES (?)",
        [id.text]
      ) { (try $0.integer(0), try $0.text(1)) }
      guard let id = ConnectorID(text) else { throw LedgerError.corrupt("row \(row) of connector holds no valid id") }
      return (row, id)
    }
    let name = try displayName.map { displayName in
      try connectorNames.value(ConnectorNameKey(connector: connector.row, name: Array(displayName.utf8))) {
        try findOrInsert(
          find: "SELECT id FROM connector_name WHERE connector = ? AND display_name = ?",
          insert: "INSERT INTO connector_name (connector, display_name) VALUES (?, ?)",
          [connector.row, displayName]
        ) { try $0.integer(0) }
      }
    }
    return ReferenceRows(
      reference: .connector(connector.id, displayName: displayName),
      connector: connector.row,
      name: name
    )
  }

  /// Returns the row of an actor, the row of the actor's name, and the row of the actor's client app.
  func rows(of actor: Change.Actor) throws -> ActorRows {
    let row = try actors.value(ActorKey(type: actor.type, id: actor.id.map { Array($0.utf8) })) {
      try findOrInsert(
        find: "SELECT id FROM actor WHERE actor_type = ?1 AND coalesce(actor_id, '') = coalesce(?2, '')",
        insert: "INSERT INTO actor (actor_type, actor_id) VALUES (?, ?)",
        [actor.type.rawValue, actor.id]
      ) { try $0.integer(0) }
    }
    let name = try name(of: actor, row)
    let clientApp = try actor.clientAppID.map { appID in
      try clientApps.value(Array(appID.utf8)) {
        try findOrInsert(
          find: "SELECT id FROM client_app WHERE app_id = ?",
          insert: "INSERT INTO client_app (app_id) VALUES (?)",
          [appID]
        ) { try $0.integer(0) }
      }
    }
    let recorded = Change.Actor(
      type: actor.type,
      id: actor.id,
      name: name?.name,
      userPrincipalName: name?.userPrincipalName,
      clientAppID: actor.clientAppID,
      ipAddress: actor.ipAddress,
      proof: actor.proof
    )
    return ActorRows(actor: recorded, row: row, name: name?.row, clientApp: clientApp)
  }

  /// Returns the row of an actor's name, or nil if the actor has no name.
  ///
  /// The unique index of the table treats an empty name and a missing name as equal. The query must do the same, or the
  /// insertion of a new row would fail.
  private func name(of actor: Change.Actor, _ row: Int64) throws -> ActorName? {
    guard actor.name != nil || actor.userPrincipalName != nil else { return nil }
    let key = ActorNameKey(
      actor: row,
      name: actor.name.map { Array($0.utf8) },
      userPrincipalName: actor.userPrincipalName.map { Array($0.utf8) }
    )
    return try actorNames.value(key) {
      try findOrInsert(
        find: """
          SELECT id, name, user_principal_name FROM actor_name
          WHERE actor = ?1 AND coalesce(name, '') = coalesce(?2, '')
            AND coalesce(user_principal_name, '') = coalesce(?3, '') AND coalesce(name, user_principal_name) IS NOT NULL
          """,
        insert: "INSERT INTO actor_name (actor, name, user_principal_name) VALUES (?, ?, ?)",
        [row, actor.name, actor.userPrincipalName]
      ) { ActorName(row: try $0.integer(0), name: try $0.optionalText(1), userPrincipalName: try $0.optionalText(2)) }
    }
  }

  /// Returns the value of the row that a query finds.
  ///
  /// If there is no row, the row is inserted first.
  private func findOrInsert<Value>(
    find: String,
    insert: String,
    _ arguments: SQLArguments,
    _ value: (Row) throws -> Value
  ) throws -> Value {
    if let found = try db.first(find, arguments, value) { return found }
    try db.execute(insert, arguments)
    guard let made = try db.first(find, arguments, value) else {
      throw LedgerError.corrupt("a row with an id or a name is missing after it was inserted")
    }
    return made
  }
}

/// A cache that is emptied when it is full, because memory must not grow with the history.
struct BoundedMemory<Key: Hashable, Value> {
  private static var capacity: Int { 8192 }

  private var known: [Key: Value] = [:]

  subscript(key: Key) -> Value? { known[key] }

  /// Returns the value of a key from the cache; if the cache lacks the key, `find` returns the value and the cache
  /// stores it.
  mutating func value(_ key: Key, find: () throws -> Value) rethrows -> Value {
    if let known = known[key] { return known }
    let found = try find()
    if known.count >= Self.capacity { known.removeAll() }
    known[key] = found
    return found
  }

  /// Empties the cache.
  mutating func removeAll() { known.removeAll() }
}
