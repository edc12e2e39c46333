import GRDB
import ReflogModel

/// Reads service events from their rows.
enum EventRows {
  static func events(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [ServiceEvent] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT service_event.id, service_event.sequence, service_event.time, service_event.kind, service_event.count,
            service_event.details, service_event.actor_proof, actor.actor_type, actor.actor_id, actor_name.name,
            actor_name.user_principal_name, client_app.app_id, personal.ip_address,
            (service_event.actor IS NULL) <> (actor.id IS NULL) OR (personal.actor_name IS NULL) <> (actor_name.id IS NULL)
              OR (service_event.client_app IS NULL) <> (client_app.id IS NULL)
              OR (actor.id IS NULL AND coalesce(service_event.actor_proof, service_event.client_app, personal.event) IS NOT NULL)
          FROM service_event
          LEFT JOIN actor ON actor.id = service_event.actor
          LEFT JOIN service_event_personal AS personal ON personal.event = service_event.id
          LEFT JOIN actor_name ON actor_name.id = personal.actor_name AND actor_name.actor = actor.id
          LEFT JOIN client_app ON client_app.id = service_event.client_app
          WHERE \(condition)
          """
      ),
      arguments: arguments
    ).map(ServiceEvent.init(row:))
  }
}

extension ServiceEvent {
  /// The columns in their order; the last says whether the row names what is not there, or somebody where there is nobody.
  fileprivate init(row: Row) throws {
    let id = try row.number(0)
    guard try row.number(13) == 0, let kind = Kind(rawValue: try row.text(3)),
      let details = try JSONValue(parsing: try row.text(5).utf8).object, let count = Int(exactly: try row.number(4))
    else { throw LedgerError.corrupt("service event \(id) holds what can't stand there") }
    self.init(
      id: id,
      sequence: try row.number(1),
      activityDateTime: try row.time(2),
      content: Content(kind, actor: try Self.actor(row, id), count: count, details: details)
    )
  }

  private static func actor(_ row: Row, _ id: Int64) throws -> Change.Actor? {
    guard let word = try row.optionalText(7) else { return nil }
    guard let type = Change.ActorType(rawValue: word) else {
      throw LedgerError.corrupt("service event \(id) is of an actor of no kind that there is")
    }
    return Change.Actor(
      type: type,
      id: try row.optionalText(8),
      name: try row.optionalText(9),
      userPrincipalName: try row.optionalText(10),
      clientAppID: try row.optionalText(11),
      ipAddress: try row.optionalText(12),
      proof: try row.optionalText(6).map { word in
        guard let proof = Change.Proof(rawValue: word) else {
          throw LedgerError.corrupt("service event \(id) is proven in no way that there is")
        }
        return proof
      }
    )
  }
}
