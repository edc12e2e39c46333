import GRDB
import ReflogModel

extension LedgerTransaction {
  /// Settles a pending change by what happened to it; one that the event leaves pending comes back as it was.
  func settle(_ change: Change, by event: Change.Event, _ settler: Change.Settler) throws -> Change {
    let current = try String.fetchOne(
      db.cachedStatement(sql: "SELECT result FROM change WHERE id = :id"),
      arguments: ["id": change.id.number]
    )
    guard let result = current.flatMap(Change.Result.init(rawValue:)) else {
      throw LedgerError.corrupt("change \(change.id) has the result \(current ?? "NULL")")
    }
    guard let outcome = try Change.outcome(of: event, on: result, settledBy: settler) else { return change }
    let created = try outcome.created.flatMap(identities.rows(of:))
    var message = outcome.message
    if case .stated(let statement) = event {
      try insert(statement, on: change.id)
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
    let settled = try stored(change.id)
    guard let outcome = settled.outcome else { throw LedgerError.corrupt("change \(change.id) did not settle") }
    let intent = try Entries.firstHash(of: change.id, db)
    let leaf = try Leaf { salt in try Records(db).outcome(outcome, of: settled, intent: intent, salt) }
    try Entries.append(sequence, of: change.id, leaf, db)
    return settled
  }

  private func insert(_ statement: Change.Statement, on change: Change.ID) throws {
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
