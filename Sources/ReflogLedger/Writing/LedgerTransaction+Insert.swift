import GRDB
import ReflogModel

extension LedgerTransaction {
  /// Records a change. Its entry is made of what its columns then say.
  func insert(_ draft: Ledger.Draft) throws -> Change {
    let intent = draft.intent
    let outcome = try Change.outcome(of: draft.event, on: nil, settledBy: draft.settledBy)
    let before = try identities.rows(of: intent.before)
    let after = try identities.rows(of: intent.after)
    let actor = try identities.row(ofActor: intent.actor)
    let sequence = try Entries.nextSequence(db)
    do {
      try db.cachedStatement(
        sql: """
          INSERT INTO change (
            intent_sequence, activity_time, subject, address, kind, before_state, before_connector, before_name,
            after_state, after_connector, after_name, changed_properties, actor, actor_proof, client_app,
            correlation_id, request_id, rollback_of, rollback_to, batch_id, last_verified_time,
            result, outcome_sequence, result_time, http_status, error_code, error_message, settled_by, graph_request_id
          ) VALUES (
            :sequence, :activityTime, :subject, :address, :kind, :beforeState, :beforeConnector, :beforeName,
            :afterState, :afterConnector, :afterName, :changedProperties, :actor, :actorProof, :clientApp,
            :correlationID, :requestID, :rollbackOf, :rollbackTo, :batchID, :lastVerifiedTime,
            :result, :outcomeSequence, :resultTime, :httpStatus, :errorCode, :errorMessage, :settledBy, :graphRequestID
          )
          """
      ).execute(arguments: [
        "sequence": sequence,
        "activityTime": time.microseconds,
        "subject": intent.subject.word,
        "address": try intent.subject.address.map(identities.row(of:)),
        "kind": intent.kind.rawValue,
        "beforeState": intent.before.state.rawValue,
        "beforeConnector": before?.connector,
        "beforeName": before?.name,
        "afterState": intent.after.state.rawValue,
        "afterConnector": after?.connector,
        "afterName": after?.name,
        "changedProperties": intent.changedProperties.map(ChangedPropertiesColumn.text(of:)),
        "actor": actor,
        "actorProof": intent.actor.proof?.rawValue,
        "clientApp": try intent.actor.clientAppID.map(identities.row(ofClientApp:)),
        "correlationID": RequestIDColumn.value(of: intent.correlationID),
        "requestID": RequestIDColumn.value(of: intent.requestID),
        "rollbackOf": intent.rollbackOf?.number,
        "rollbackTo": intent.rollbackTo?.microseconds,
        "batchID": RequestIDColumn.value(of: intent.batchID),
        "lastVerifiedTime": intent.lastVerifiedDateTime?.microseconds,
        "result": outcome?.result.rawValue ?? Change.Result.pending.rawValue,
        "outcomeSequence": outcome.map { _ in sequence },
        "resultTime": outcome.map { _ in time.microseconds },
        "httpStatus": outcome?.httpStatus,
        "errorCode": outcome?.code,
        "errorMessage": outcome?.message,
        "settledBy": outcome?.settledBy.rawValue,
        "graphRequestID": RequestIDColumn.value(of: outcome?.graphRequestID),
      ])
    } catch let error as DatabaseError where error.message == "another change is pending there" {
      throw LedgerError.alreadyPending
    }
    let id = Change.ID(db.lastInsertedRowID)
    try insertPersonalData(of: intent, by: actor, change: id)
    let change = try stored(id)
    let leaf = try Leaf { salt in try Records(db).first(of: change, salt) }
    try Entries.append(sequence, of: id, leaf, db)
    return change
  }

  /// What can be erased of a change without touching the rest.
  private func insertPersonalData(of intent: Change.Intent, by actor: Int64, change: Change.ID) throws {
    let name = try identities.row(ofNameOf: intent.actor, actor: actor)
    guard name != nil || intent.actor.ipAddress != nil || intent.reason != nil else { return }
    try db.cachedStatement(
      sql: """
        INSERT INTO change_personal (change, salt, actor_name, ip_address, reason)
        VALUES (:change, :salt, :actorName, :ipAddress, :reason)
        """
    ).execute(arguments: [
      "change": change.number, "salt": Salt.random().data, "actorName": name, "ipAddress": intent.actor.ipAddress,
      "reason": intent.reason,
    ])
  }
}
