import Foundation
import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Where an erasure goes on: behind these ids.
  package struct ErasurePosition: Sendable {
    fileprivate var change: Int64 = 0
    fileprivate var event: Int64 = 0

    package init() {}
  }

  /// Asks for the erasure of what was recorded of an actor until now, on behalf of somebody. When this returns, that is durable:
  /// it is done by ``continueErasure(_:from:)``, now or after a restart. Returns how many actors have the id: none, and then nothing
  /// was recorded, or a person and a program.
  package func askErasure(ofActor id: String, by actor: Change.Actor) async throws(LedgerError) -> Int {
    try await write { transaction in
      let found = try ErasureRows.actors(id, transaction.db)
      for (row, type, id) in found {
        let details: JSONObject = ["actorType": .string(type.rawValue), "actorId": .string(id)]
        let event = try transaction.insert(ServiceEvent.Content(.erased, actor: actor, details: details))
        try ErasureRows.insert(actor: row, event: event, transaction.db)
      }
      return found.count
    }
  }

  /// Erases the next few of what an erasure under way erases, but for what is held, in one transaction; nothing before a checkpoint
  /// over what says so is signed.
  ///
  /// - Parameter position: where to go on, and then where to go on next.
  package func continueErasure(
    _ id: Int64,
    from position: inout ErasurePosition
  ) async throws(LedgerError) -> Forgetting.Step {
    let (found, signed) = try await history.read { db in
      (try ErasureRows.unfinished(db).first { $0.id == id }, try LogRows.checkpoint(db)?.size ?? 0)
    }
    guard let erasure = found else { return .done }
    guard erasure.sequence < signed else { return .unsigned }
    let begun = position
    let (next, isMore) = try await write { transaction in
      try RetentionRecord(transaction.db).checkKept(transaction.db)
      try ErasureRows.check(erasure.event, isOf: erasure.actor, transaction.db)
      var next = begun
      if try transaction.eraseChanges(of: erasure.actor, before: erasure.sequence, from: &next.change) {
        return (next, true)
      }
      try transaction.eraseStatements(of: erasure.actor, before: erasure.sequence)
      return (next, try transaction.eraseEvents(of: erasure.actor, before: erasure.event, from: &next.event))
    }
    position = next
    return isMore ? .more : .done
  }

  /// What the erasure of what is said of an actor would do now; nothing where nobody has the id.
  package func planErasure(ofActor id: String) async throws(LedgerError) -> Erasure.Plan? {
    try await questions.read { db in
      let actors = try ErasureRows.actors(id, db)
      guard !actors.isEmpty else { return nil }
      var plan = Erasure.Plan()
      for (actor, _, _) in actors {
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT
              (SELECT count(*) FROM \(LedgerTransaction.spokenOf) AND NOT \(RetentionRows.isHeld)),
              (SELECT count(*) FROM \(LedgerTransaction.spokenOf) AND \(RetentionRows.isHeld)),
              (SELECT count(*) FROM \(LedgerTransaction.stated) AND NOT \(RetentionRows.isHeld)),
              (SELECT count(*) FROM \(LedgerTransaction.stated) AND \(RetentionRows.isHeld)),
              (
                SELECT count(*) FROM service_event JOIN service_event_personal ON service_event_personal.event = service_event.id
                WHERE service_event.actor = :actor AND service_event_personal.salt IS NOT NULL
              ),
              \(RetentionRows.isEverythingHeld)
            """,
          arguments: ["actor": actor]
        )
        guard let row else { continue }
        plan.changes += row[0] + row[2]
        plan.held += row[1] + row[3]
        if row[5] { plan.held += row[4] } else { plan.events += row[4] }
      }
      return plan
    }
  }
}

extension LedgerTransaction {
  fileprivate static let spokenOf = """
    change JOIN change_personal ON change_personal.change = change.id LEFT JOIN address ON address.id = change.address
    WHERE change.actor = :actor AND change_personal.salt IS NOT NULL
    """
  fileprivate static let stated = """
    change_statement JOIN change ON change.id = change_statement.change LEFT JOIN address ON address.id = change.address
    WHERE change_statement.actor = :actor AND change_statement.salt IS NOT NULL
    """

  /// Returns whether there may be more.
  fileprivate func eraseChanges(of actor: Int64, before sequence: Int64, from position: inout Int64) throws -> Bool {
    let spoken = try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT change.id FROM \(Self.spokenOf) AND NOT \(RetentionRows.isHeld)
            AND change.id > :position AND change.intent_sequence < :sequence
          ORDER BY change.id LIMIT :limit
          """
      ),
      arguments: ["actor": actor, "position": position, "sequence": sequence, "limit": Self.erasurePiece]
    )
    for id in spoken {
      try erase("change_personal", "change", id, try Records(db).personalHash(of: try stored(Change.ID(id))))
    }
    position = spoken.last ?? position
    return spoken.count == Self.erasurePiece
  }

  /// What somebody said of changes whose outcome nobody could find out; there are few.
  fileprivate func eraseStatements(of actor: Int64, before sequence: Int64) throws {
    let said = try Int64.fetchAll(
      db,
      sql: """
        SELECT change_statement.change FROM \(Self.stated) AND NOT \(RetentionRows.isHeld)
          AND change.outcome_sequence < :sequence
        """,
      arguments: ["actor": actor, "sequence": sequence]
    )
    for id in said {
      try erase("change_statement", "change", id, try Records(db).statementHash(of: try stored(Change.ID(id))))
    }
  }

  /// Returns whether there may be more.
  fileprivate func eraseEvents(of actor: Int64, before event: Int64, from position: inout Int64) throws -> Bool {
    let events = try EventRows.events(
      """
      service_event.actor = :actor AND service_event.id > :position AND service_event.id < :event
        AND personal.salt IS NOT NULL AND NOT \(RetentionRows.isEverythingHeld)
      ORDER BY service_event.id LIMIT :limit
      """,
      ["actor": actor, "position": position, "event": event, "limit": Self.erasurePiece],
      db
    )
    for event in events {
      try erase("service_event_personal", "event", event.id, try Records(db).personalHash(of: event))
    }
    position = events.last?.id ?? position
    return events.count == Self.erasurePiece
  }

  /// How many changes or events a transaction of an erasure looks at.
  private static let erasurePiece = 200

  /// Puts the hash of what is said in its place.
  private func erase(_ table: String, _ id: String, _ row: Int64, _ hash: Hash?) throws {
    guard let hash else { throw LedgerError.corrupt("what is to be erased is missing") }
    try db.cachedStatement(
      sql: """
        UPDATE \(table) SET salt = NULL, actor_name = NULL, ip_address = NULL, \(table == "service_event_personal" ? "" : "reason = NULL,")
          erased_hash = :hash
        WHERE \(id) = :row
        """
    ).execute(arguments: ["hash": hash.data, "row": row])
  }
}

extension History {
  /// All erasures, oldest first.
  package func erasures() async throws(LedgerError) -> [Erasure] {
    try await read { db in try ErasureRows.all(db) }
  }
}
