import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// Records a service event and returns its id.
  @discardableResult
  func record(_ content: ServiceEvent.Content) throws -> Int64 {
    let actor = try content.actor.map(identities.rows(of:))
    let details = JSONValue.object(content.details).text
    guard let recorded = try JSONValue(parsing: details.utf8).object else {
      throw LedgerError.corrupt("the details of a service event are not a JSON object")
    }
    let event = ServiceEvent(
      id: head.nextEvent,
      sequence: head.nextSequence,
      activityDateTime: time,
      content: ServiceEvent.Content(
        content.kind,
        actor: actor?.actor,
        count: content.count,
        details: recorded,
        reason: content.reason
      )
    )
    try connection.execute(
      """
      INSERT INTO service_event (id, sequence, time, kind, actor, actor_proof, client_app, count, details)
      VALUES (:id, :sequence, :time, :kind, :actor, :actorProof, :clientApp, :count, :details)
      """,
      [
        "id": event.id, "sequence": event.sequence, "time": time.microseconds, "kind": content.kind.rawValue,
        "actor": actor?.row, "actorProof": content.actor?.proof?.rawValue, "clientApp": actor?.clientApp,
        "count": content.count, "details": details,
      ]
    )
    head.nextEvent += 1
    let personal = try insertPersonalPart(of: event, actor)
    _ = try append(.event(event.id)) { _, salt in try EntryRecord(event, salt: salt, personal: personal) }
    return event.id
  }

  /// Inserts the personal part of an event, which an erasure can delete, and returns the hash of the personal part.
  ///
  /// The result is nil if the event has no personal part.
  private func insertPersonalPart(of event: ServiceEvent, _ actor: Identities.ActorRows?) throws -> Hash? {
    let reason = event.content.reason
    guard let actor, actor.name != nil || actor.actor.ipAddress != nil || reason != nil else { return nil }
    let salt = Salt(using: &random)
    try connection.execute(
      "INSERT INTO service_event_personal (event, salt, actor_name, ip_address, reason) VALUES (?, ?, ?, ?, ?)",
      [event.id, salt, actor.name, actor.actor.ipAddress, reason]
    )
    return try PersonalPart(salt: salt, actor: actor.actor, reason: reason).hash
  }
}
