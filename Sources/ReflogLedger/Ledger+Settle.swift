import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Settles pending changes by what happened to them, in one transaction, and records what was found in their place.
  ///
  /// When this returns the outcomes are durable, or none of them is. A change that the event leaves pending stays
  /// untouched and comes back as it was.
  ///
  /// - Parameters:
  ///   - usingReservedPlace: whether an append reserved the place for these outcomes.
  ///   - found: drifts to record behind the outcomes.
  package func settle(
    _ changes: [Change],
    by event: Change.Event,
    settledBy settler: Change.Settler,
    usingReservedPlace: Bool,
    recording found: [Change.Intent] = []
  ) async throws(LedgerError) -> [Change] {
    let now = clock()
    do {
      let (settled, recorded) = try await writer.write(usingReservedPlace ? .reserved : .ordinary) { db in
        let time = max(now, try Entries.newestTime(db) ?? now)
        let settled = try changes.map { try Self.settle($0, by: event, settler, at: time, db) }
        let recorded = try found.map { try Self.insert(Draft($0, .found, settledBy: settler), at: time, db) }
        return (settled, recorded)
      }
      tellSettled(settled + recorded)
      return settled
    } catch {
      throw LedgerError(error)
    }
  }

  private static func settle(
    _ change: Change,
    by event: Change.Event,
    _ settler: Change.Settler,
    at time: Timestamp,
    _ db: Database
  ) throws -> Change {
    let current = try String.fetchOne(
      db.cachedStatement(sql: "SELECT result FROM change WHERE id = :id"),
      arguments: ["id": change.id.number]
    )
    guard let result = current.flatMap(Change.Result.init(rawValue:)) else {
      throw LedgerError.corrupt("change \(change.id) has the result \(current ?? "NULL")")
    }
    guard let outcome = try Change.outcome(of: event, on: result, settledBy: settler) else { return change }
    let created = try outcome.created.flatMap(Identities(db).rows(of:))
    var message = outcome.message
    if case .stated(let statement) = event {
      try insert(statement, on: change.id, db)
      // The words are somebody's, and stand where they can be erased.
      message = nil
    }
    let sequence = try Entries.nextSequence(db)
    try db.cachedStatement(
      sql: """
        UPDATE change SET
          result = :result, outcome_sequence = :sequence, result_time = :resultTime, http_status = :httpStatus, error_code = :errorCode,
          error_message = :errorMessage, settled_by = :settledBy, graph_request_id = :graphRequestID,
          created_connector = :createdConnector, created_name = :createdName
        WHERE id = :id
        """
    ).execute(arguments: [
      "id": change.id.number,
      "result": outcome.result.rawValue,
      "sequence": sequence,
      "resultTime": time.microseconds,
      "httpStatus": outcome.httpStatus,
      "errorCode": outcome.code,
      "errorMessage": message,
      "settledBy": outcome.settledBy.rawValue,
      "graphRequestID": RequestIDColumn.value(of: outcome.graphRequestID),
      "createdConnector": created?.connector,
      "createdName": created?.name,
    ])
    let settled = try stored(change.id, db)
    guard let outcome = settled.outcome else { throw LedgerError.corrupt("change \(change.id) did not settle") }
    let intent = try Entries.firstHash(of: change.id, db)
    let leaf = try Leaf { salt in try Records(db).outcome(outcome, of: settled, intent: intent, salt) }
    try Entries.append(sequence, of: change.id, leaf, db)
    return settled
  }

  private static func insert(_ statement: Change.Statement, on change: Change.ID, _ db: Database) throws {
    let identities = Identities(db)
    let actor = try identities.row(ofActor: statement.actor)
    try db.cachedStatement(
      sql: """
        INSERT INTO change_statement (change, salt, actor, actor_name, ip_address, reason)
        VALUES (:change, :salt, :actor, :actorName, :ipAddress, :reason)
        """
    ).execute(arguments: [
      "change": change.number,
      "salt": Salt.random().data,
      "actor": actor,
      "actorName": try identities.row(ofNameOf: statement.actor, actor: actor),
      "ipAddress": statement.actor.ipAddress,
      "reason": statement.reason,
    ])
  }
}
