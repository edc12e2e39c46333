import GRDB
import ReflogModel

extension LedgerTransaction {
  /// Records what happened to Reflog itself, and returns its row.
  @discardableResult
  func insert(_ event: ServiceEvent.Content) throws -> Int64 {
    let actor = try event.actor.map(identities.row(ofActor:))
    let sequence = try Entries.nextSequence(db)
    try db.cachedStatement(
      sql: """
        INSERT INTO service_event (sequence, time, kind, actor, actor_proof, client_app, count, details)
        VALUES (:sequence, :time, :kind, :actor, :actorProof, :clientApp, :count, :details)
        """
    ).execute(arguments: [
      "sequence": sequence,
      "time": time.microseconds,
      "kind": event.kind.rawValue,
      "actor": actor,
      "actorProof": event.actor?.proof?.rawValue,
      "clientApp": try event.actor?.clientAppID.map(identities.row(ofClientApp:)),
      "count": event.count,
      "details": JSONValue.object(event.details).text,
    ])
    let id = db.lastInsertedRowID
    let name = try actor.flatMap { row in try event.actor.flatMap { try identities.row(ofNameOf: $0, actor: row) } }
    if name != nil || event.actor?.ipAddress != nil {
      try db.cachedStatement(
        sql:
          """
          INSERT INTO service_event_personal (event, salt, actor_name, ip_address)
          VALUES (:event, :salt, :actorName, :ipAddress)
          """
      ).execute(arguments: [
        "event": id, "salt": Salt.random().data, "actorName": name, "ipAddress": event.actor?.ipAddress,
      ])
    }
    guard let stored = try EventRows.events("service_event.id = ?", [id], db).first else {
      throw LedgerError.corrupt("service event \(id) is missing")
    }
    try Entries.append(sequence, ofEvent: id, try Leaf { salt in try Records(db).event(stored, salt) }, db)
    return id
  }
}
