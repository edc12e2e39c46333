import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// A change to be recorded, and what it is born by: `intended`, or an event that settles it at once.
  package struct Draft: Sendable {
    package let intent: Change.Intent
    package let event: Change.Event
    package let settledBy: Change.Settler

    package init(_ intent: Change.Intent, _ event: Change.Event, settledBy: Change.Settler = .request) {
      self.intent = intent
      self.event = event
      self.settledBy = settledBy
    }
  }

  /// How far the clock may be behind the newest entry: more than clocks of one host ever differ by.
  package static let toleratedClockLag = Duration.seconds(5)

  /// Records changes in one transaction. When this returns they are durable, in this order, or none of them is.
  ///
  /// - Parameters:
  ///   - reservingOutcome: reserves the place for their outcomes, which
  ///     ``settle(_:by:settledBy:usingReservedPlace:recording:)`` uses or ``releaseOutcome()`` gives back.
  ///   - key: names them from now on, see ``change(named:)``.
  ///   - sightings: what the looks showed by which the changes were found.
  package func append(
    _ drafts: [Draft],
    reservingOutcome: Bool = false,
    named key: IdempotencyKey? = nil,
    remembering sightings: [Sighting] = []
  ) async throws(LedgerError) -> [Change] {
    let now = clock()
    do {
      let changes = try await writer.write(reservingOutcome ? .ordinaryReservingNext : .ordinary) { db in
        let newest = try Entries.newestTime(db)
        let lag = newest.map { $0.since(now) } ?? .zero
        guard acceptsClock || lag <= Self.toleratedClockLag else { throw LedgerError.clockBehind(by: lag) }
        let time = max(now, newest ?? now)
        let changes = try drafts.map { try Self.insert($0, at: time, db) }
        if let key, let first = changes.first { try IdempotencyRows.record(key, for: first.id, at: time, db) }
        try SightingRows.record(sightings, at: time, db)
        return changes
      }
      tellSettled(changes)
      return changes
    } catch {
      throw LedgerError(error)
    }
  }

  /// Gives back the place that an append reserved for outcomes.
  package func releaseOutcome() {
    writer.releasePlace()
  }

  static func insert(_ draft: Draft, at time: Timestamp, _ db: Database) throws -> Change {
    let intent = draft.intent
    let outcome = try Change.outcome(of: draft.event, on: nil, settledBy: draft.settledBy)
    let identities = Identities(db)
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
    try insertPersonalData(of: intent, by: actor, change: id, identities, db)
    let change = try stored(id, db)
    let leaf = try Leaf { salt in try Records(db).first(of: change, salt) }
    try Entries.append(sequence, of: id, leaf, db)
    return change
  }

  /// A change as its columns say it is, which is what its entries are made of. Looked up anew: what a transaction wrote may
  /// still be taken back, so nothing of it is kept.
  static func stored(_ id: Change.ID, _ db: Database) throws -> Change {
    let rows = ChangeRows(db, IdentityCache())
    guard let change = try rows.changes("WHERE change.id = ?", [id.number], isFixed: true).first else {
      throw LedgerError.corrupt("change \(id) is missing")
    }
    return change
  }

  /// What can be erased of a change without touching the rest.
  private static func insertPersonalData(
    of intent: Change.Intent,
    by actor: Int64,
    change: Change.ID,
    _ identities: Identities,
    _ db: Database
  ) throws {
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
