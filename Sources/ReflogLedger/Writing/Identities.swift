import GRDB
import ReflogModel

/// Finds the rows that stand for ids and names, or makes them, each once. The first spelling of an id stands.
final class Identities {
  /// What a row stands for; texts by their bytes, since Swift takes different ones for the same and SQLite does not.
  private enum Identity: Hashable {
    case address(Address)
    case flow(FlowType, FlowID)
    case step(Step)
    case connector(ConnectorID)
    case connectorName(Int64, [UInt8])
    case actor(Change.ActorType, [UInt8]?)
    case actorName(Int64, [UInt8]?, [UInt8]?)
    case clientApp([UInt8])
  }

  private let db: Database
  private var known: [Identity: Int64] = [:]

  init(_ db: Database) {
    self.db = db
  }

  func row(of address: Address) throws -> Int64 {
    if let known = known[.address(address)] { return known }
    let flow = try row(of: address.flow, address.flowType)
    let step = try findOrInsert(
      .step(address.step),
      find: "SELECT id FROM step WHERE name = :name",
      insert: "INSERT INTO step (name) VALUES (:name)",
      ["name": address.step.name]
    )
    return try findOrInsert(
      .address(address),
      find: "SELECT id FROM address WHERE flow = :flow AND step = :step",
      insert: "INSERT INTO address (flow, step) VALUES (:flow, :step)",
      ["flow": flow, "step": step]
    )
  }

  func row(of flow: FlowID, _ flowType: FlowType) throws -> Int64 {
    try findOrInsert(
      .flow(flowType, flow),
      find: "SELECT id FROM flow WHERE flow_type = :flowType AND flow_id = :flowID",
      insert: "INSERT INTO flow (flow_type, flow_id) VALUES (:flowType, :flowID)",
      ["flowType": flowType.rawValue, "flowID": flow.text]
    )
  }

  /// The rows of a connector and of the name that it had; none where the reference names no connector.
  func rows(of reference: ConnectorReference) throws -> (connector: Int64, name: Int64?)? {
    guard let connectorID = reference.connectorID else { return nil }
    let connector = try findOrInsert(
      .connector(connectorID),
      find: "SELECT id FROM connector WHERE connector_id = :connectorID",
      insert: "INSERT INTO connector (connector_id) VALUES (:connectorID)",
      ["connectorID": connectorID.text]
    )
    let name = try reference.displayName.map { displayName in
      try findOrInsert(
        .connectorName(connector, Array(displayName.utf8)),
        find: "SELECT id FROM connector_name WHERE connector = :connector AND display_name = :displayName",
        insert: "INSERT INTO connector_name (connector, display_name) VALUES (:connector, :displayName)",
        ["connector": connector, "displayName": displayName]
      )
    }
    return (connector, name)
  }

  func row(ofActor actor: Change.Actor) throws -> Int64 {
    try findOrInsert(
      .actor(actor.type, actor.id.map { Array($0.utf8) }),
      find: "SELECT id FROM actor WHERE actor_type = :type AND coalesce(actor_id, '') = coalesce(:id, '')",
      insert: "INSERT INTO actor (actor_type, actor_id) VALUES (:type, :id)",
      ["type": actor.type.rawValue, "id": actor.id]
    )
  }

  func row(ofNameOf actor: Change.Actor, actor row: Int64) throws -> Int64? {
    guard actor.name != nil || actor.userPrincipalName != nil else { return nil }
    return try findOrInsert(
      .actorName(row, actor.name.map { Array($0.utf8) }, actor.userPrincipalName.map { Array($0.utf8) }),
      find: """
        SELECT id FROM actor_name
        WHERE actor = :actor AND coalesce(name, '') = coalesce(:name, '')
          AND coalesce(user_principal_name, '') = coalesce(:userPrincipalName, '')
          AND coalesce(name, user_principal_name) IS NOT NULL
        """,
      insert: """
        INSERT INTO actor_name (actor, name, user_principal_name) VALUES (:actor, :name, :userPrincipalName)
        """,
      ["actor": row, "name": actor.name, "userPrincipalName": actor.userPrincipalName]
    )
  }

  func row(ofClientApp appID: String) throws -> Int64 {
    try findOrInsert(
      .clientApp(Array(appID.utf8)),
      find: "SELECT id FROM client_app WHERE app_id = :appID",
      insert: "INSERT INTO client_app (app_id) VALUES (:appID)",
      ["appID": appID]
    )
  }

  private func findOrInsert(
    _ identity: Identity,
    find: String,
    insert: String,
    _ arguments: StatementArguments
  ) throws -> Int64 {
    if let known = known[identity] { return known }
    let row = try findRow(find, arguments) ?? insertRow(insert, arguments)
    known[identity] = row
    return row
  }

  private func findRow(_ sql: String, _ arguments: StatementArguments) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
  }

  private func insertRow(_ sql: String, _ arguments: StatementArguments) throws -> Int64 {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
    return db.lastInsertedRowID
  }
}
