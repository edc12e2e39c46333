import GRDB
import ReflogModel

extension History {
  /// Throws ``LedgerError/unsignedLoss(sequence:)`` where something is gone by the word of an entry that no checkpoint covers: no
  /// crash leaves that, since Reflog deletes nothing before the signature is durable. Call it before anything is signed.
  func refuseUnsignedLosses(signedBelow signed: Int64) async throws(LedgerError) {
    try await read { db in
      for event in try EventRows.events(
        "service_event.id IN (SELECT event FROM entry WHERE sequence >= ?) ORDER BY service_event.id",
        [signed],
        db
      )
      where try Self.isExecuted(event, db) {
        throw LedgerError.unsignedLoss(sequence: event.sequence)
      }
    }
  }

  private static func isExecuted(_ event: ServiceEvent, _ db: Database) throws -> Bool {
    switch event.content.kind {
    case .purged:
      try lacks(event, "changes", "change", db) || lacks(event, "events", "service_event", db)
    case .erased:
      try hasErased(event, db)
    case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
      .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .purgeAsked, .purgeWithdrawn, .keyRotated,
      .olderLedgerAccepted, .backup:
      false
    }
  }

  /// Whether rows are gone that an event names.
  private static func lacks(_ event: ServiceEvent, _ name: String, _ table: String, _ db: Database) throws -> Bool {
    let ids = event.content.details[name]?.string.flatMap { IDRanges($0) } ?? IDRanges()
    return try ids.ranges.contains { range in
      let count = try Int64.fetchOne(
        db,
        sql: "SELECT count(*) FROM \(table) WHERE id BETWEEN ? AND ?",
        arguments: [range.lowerBound, range.upperBound]
      )
      return count != range.upperBound - range.lowerBound + 1
    }
  }

  /// Whether anything of a person is erased, and no other event asked for that.
  private static func hasErased(_ event: ServiceEvent, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (
            SELECT 1 FROM change JOIN change_personal ON change_personal.change = change.id
            WHERE change.actor = erased.id AND change_personal.erased_hash IS NOT NULL
          ) OR EXISTS (
            SELECT 1 FROM change_statement WHERE change_statement.actor = erased.id AND erased_hash IS NOT NULL
          ) OR EXISTS (
            SELECT 1 FROM service_event JOIN service_event_personal ON service_event_personal.event = service_event.id
            WHERE service_event.actor = erased.id AND service_event_personal.erased_hash IS NOT NULL
          )
        FROM actor AS erased
        WHERE actor_type = :type AND actor_id = :id
          AND NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.actor = erased.id AND erasure.event < :event)
        """,
      arguments: [
        "type": event.content.details["actorType"]?.string, "id": event.content.details["actorId"]?.string,
        "event": event.id,
      ]
    ) ?? false
  }
}
