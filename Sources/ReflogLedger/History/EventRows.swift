import GRDB
import ReflogModel

/// Reads service events from their rows.
enum EventRows {
  static func events(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [ServiceEvent] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT service_event.id, service_event.sequence, service_event.time, service_event.kind, service_event.count,
            service_event.details, service_event.actor_proof, actor.actor_type, actor.actor_id,
            actor_name.name, actor_name.user_principal_name, client_app.app_id, service_event_personal.ip_address
          FROM service_event
          LEFT JOIN actor ON actor.id = service_event.actor
          LEFT JOIN service_event_personal ON service_event_personal.event = service_event.id
          LEFT JOIN actor_name ON actor_name.id = service_event_personal.actor_name
          LEFT JOIN client_app ON client_app.id = service_event.client_app
          WHERE \(condition)
          """
      ),
      arguments: arguments
    ).map(ServiceEvent.init(row:))
  }
}

extension ServiceEvent {
  fileprivate init(row: Row) throws {
    let id: Int64 = row["id"]
    guard let kind = Kind(rawValue: row["kind"]),
      let details = try JSONValue(parsing: (row["details"] as String).utf8).object
    else { throw LedgerError.corrupt("service event \(id) is of no kind that there is") }
    self.init(
      id: id,
      sequence: row["sequence"],
      activityDateTime: Timestamp(microseconds: row["time"]),
      content: Content(kind, actor: try Self.actor(row, id), count: row["count"], details: details)
    )
  }

  private static func actor(_ row: Row, _ id: Int64) throws -> Change.Actor? {
    guard let word = row["actor_type"] as String? else { return nil }
    guard let type = Change.ActorType(rawValue: word) else {
      throw LedgerError.corrupt("service event \(id) is of an actor of no kind that there is")
    }
    return Change.Actor(
      type: type,
      id: row["actor_id"],
      name: row["name"],
      userPrincipalName: row["user_principal_name"],
      clientAppID: row["app_id"],
      ipAddress: row["ip_address"],
      proof: (row["actor_proof"] as String?).flatMap(Change.Proof.init(rawValue:))
    )
  }
}
