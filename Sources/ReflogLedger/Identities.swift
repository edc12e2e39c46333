import GRDB
import ReflogModel

/// Finds the rows that stand for ids and names, or makes them. The first spelling of an id stands.
struct Identities {
  private let db: Database

  init(_ db: Database) {
    self.db = db
  }

  func row(of address: Address) throws -> Int64 {
    let flow = try row(of: address.flow, address.flowType)
    let step = try findOrInsert(
      find: "SELECT id FROM step WHERE name = :name",
      insert: "INSERT INTO step (name) VALUES (:name)",
      ["name": address.step.name]
    )
    return try findOrInsert(
      find: "SELECT id FROM address WHERE flow = :flow AND step = :step",
      insert: "INSERT INTO address (flow, step) VALUES (:flow, :step)",
      ["flow": flow, "step": step]
    )
  }

  func row(of flow: FlowID, _ flowType: FlowType) throws -> Int64 {
    try findOrInsert(
      find: "SELECT id FROM flow WHERE flow_type = :flowType AND flow_id = :flowID",
      insert: "INSERT INTO flow (flow_type, flow_id) VALUES (:flowType, :flowID)",
      ["flowType": flowType.rawValue, "flowID": flow.text]
    )
  }

  /// The rows of a connector and of the name that it had; none where the reference names no connector.
  func rows(of reference: ConnectorReference) throws -> (connector: Int64, name: Int64?)? {
    guard let connectorID = reference.connectorID else { return nil }
    let connector = try findOrInsert(
      find: "SELECT id FROM connector WHERE connector_id = :connectorID",
      insert: "INSERT INTO connector (connector_id) VALUES (:connectorID)",
      ["connectorID": connectorID.text]
    )
    let name = try reference.displayName.map { displayName in
      try findOrInsert(
        find: "SELECT id FROM connector_name WHERE connector = :connector AND display_name = :displayName",
        insert: "INSERT INTO connector_name (connector, display_name) VALUES (:connector, :displayName)",
        ["connector": connector, "displayName": displayName]
      )
    }
    return (connector, name)
  }

  func row(ofActor actor: Change.Actor) throws -> Int64 {
    try findOrInsert(
      find: "SELECT id FROM actor WHERE actor_type = :type AND coalesce(actor_id, '') = coalesce(:id, '')",
      insert: "INSERT INTO actor (actor_type, actor_id) VALUES (:type, :id)",
      ["type": actor.type.rawValue, "id": actor.id]
    )
  }

  func row(ofNameOf actor: Change.Actor, actor row: Int64) throws -> Int64? {
    guard actor.name != nil || actor.userPrincipalName != nil else { return nil }
    return try findOrInsert(
      find: """
        SELECT id FROM actor_name
        WHERE actor = :actor AND coalesce(name, '') = coalesce(:name, '')
          AND coalesce(user_principal_name, '') = coalesce(:userPrincipalName, '')
        """,
      insert: """
        INSERT INTO actor_name (actor, name, user_principal_name) VALUES (:actor, :name, :userPrincipalName)
        """,
      ["actor": row, "name": actor.name, "userPrincipalName": actor.userPrincipalName]
    )
  }

  func row(ofClientApp appID: String) throws -> Int64 {
    try findOrInsert(
      find: "SELECT id FROM client_app WHERE app_id = :appID",
      insert: "INSERT INTO client_app (app_id) VALUES (:appID)",
      ["appID": appID]
    )
  }

  private func findOrInsert(find: String, insert: String, _ arguments: StatementArguments) throws -> Int64 {
    if let row = try Int64.fetchOne(db.cachedStatement(sql: find), arguments: arguments) { return row }
    try db.cachedStatement(sql: insert).execute(arguments: arguments)
    return db.lastInsertedRowID
  }
}
