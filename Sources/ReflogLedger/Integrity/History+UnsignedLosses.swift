import GRDB
import ReflogModel

extension History {
  /// Throws ``LedgerError/unsignedLoss(sequence:)`` where something is gone by the word of an entry that no checkpoint covers: no
  /// crash leaves that, since Reflog deletes nothing before the signature is durable. Call it before anything is signed.
  ///
  /// - Parameter signed: how many entries are signed; nothing where there is no checkpoint, as before the first of a log.
  package func refuseUnsignedLosses(signedBelow signed: Int64?) async throws(LedgerError) {
    let origin = try await origin()
    try await read { db in
      let first = if let signed { signed } else { try Self.start(of: origin, db) }
      for event in try EventRows.events(
        "service_event.id IN (SELECT event FROM entry WHERE sequence >= ?) ORDER BY service_event.id",
        [first],
        db
      )
      where try Self.isExecuted(event, signedBelow: first, db) {
        throw LedgerError.unsignedLoss(sequence: event.sequence)
      }
    }
  }

  /// Where a log of this name begins: with the ledger, or where an older copy was taken into use under it. What is before was signed
  /// under another name.
  private static func start(of origin: Origin, _ db: Database) throws -> Int64 {
    try EventRows.events("kind = 'olderLedgerAccepted' ORDER BY service_event.id DESC LIMIT 1", [], db)
      .first {
        $0.content.details["origin"]?.string == origin.text
          && $0.content.details["anchoredOrigin"]?.string != origin.text
      }?.sequence ?? 0
  }

  private static func isExecuted(_ event: ServiceEvent, signedBelow signed: Int64, _ db: Database) throws -> Bool {
    switch event.content.kind {
    case .purged:
      try lacks(event, "changes", "change", db) || lacks(event, "events", "service_event", db) || hasEmptied(event, db)
    case .erased:
      try hasErased(event, signedBelow: signed, db)
    case .olderLedgerAccepted:
      try losesWhatWasThere(event, db)
    case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
      .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .purgeAsked, .purgeWithdrawn, .keyRotated, .backup:
      false
    }
  }

  /// Whether rows are gone that an event names.
  private static func lacks(_ event: ServiceEvent, _ name: String, _ table: String, _ db: Database) throws -> Bool {
    try event.content.ids(name).ranges.contains { range in
      let count = try Int64.fetchOne(
        db,
        sql: "SELECT count(*) FROM \(table) WHERE id BETWEEN ? AND ?",
        arguments: [range.lowerBound, range.upperBound]
      )
      return count != range.upperBound - range.lowerBound + 1
    }
  }

  /// Whether entries are empty that an event names.
  private static func hasEmptied(_ event: ServiceEvent, _ db: Database) throws -> Bool {
    try event.content.ids("entries").ranges.contains { range in
      try Bool.fetchOne(
        db,
        sql: "SELECT EXISTS (SELECT 1 FROM entry WHERE sequence BETWEEN ? AND ? AND salt IS NULL)",
        arguments: [range.lowerBound, range.upperBound]
      ) ?? false
    }
  }

  /// Whether a change is said to be lost with a newer copy that this ledger itself has an entry of. Goes through all entries; an
  /// unsigned event of this kind is rare.
  private static func losesWhatWasThere(_ event: ServiceEvent, _ db: Database) throws -> Bool {
    guard let first = event.content.ids("lostChanges").ranges.first?.lowerBound else { return false }
    let newest = try Int64.fetchOne(
      db,
      sql: "SELECT max(change) FROM entry WHERE sequence < ?",
      arguments: [event.sequence]
    )
    return first <= newest ?? 0
  }

  /// Whether anything of a person is erased that was recorded since their newest erasure that was signed.
  private static func hasErased(_ event: ServiceEvent, signedBelow signed: Int64, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        WITH erased (id, since) AS (
          SELECT actor.id, coalesce(
            (
              SELECT max(sequence) FROM service_event
              WHERE kind = 'erased' AND sequence < :signed AND json_extract(details, '$.actorType') = :type
                AND json_extract(details, '$.actorId') = :id
            ),
            0
          )
          FROM actor WHERE actor_type = :type AND actor_id = :id
        )
        SELECT EXISTS (
            SELECT 1 FROM change JOIN change_personal ON change_personal.change = change.id
            WHERE change.actor = erased.id AND change_personal.erased_hash IS NOT NULL AND change.intent_sequence >= erased.since
          ) OR EXISTS (
            SELECT 1 FROM change_statement JOIN change ON change.id = change_statement.change
            WHERE change_statement.actor = erased.id AND change_statement.erased_hash IS NOT NULL
              AND change.outcome_sequence >= erased.since
          ) OR EXISTS (
            SELECT 1 FROM service_event JOIN service_event_personal ON service_event_personal.event = service_event.id
            WHERE service_event.actor = erased.id AND service_event_personal.erased_hash IS NOT NULL
              AND service_event.sequence >= erased.since
          )
        FROM erased
        """,
      arguments: [
        "type": event.content.details["actorType"]?.string, "id": event.content.details["actorId"]?.string,
        "signed": signed,
      ]
    ) ?? false
  }
}
