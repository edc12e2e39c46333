import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// Records a change, and returns the change as it was stored.
  ///
  /// A stored value can differ from the value in the draft. For example, an id is stored in the spelling that was
  /// recorded first. The hash of the entry covers the stored values.
  func record(_ draft: Group.Draft, overriding override: FreezeOverride? = nil) throws -> Change {
    let outcome = try Change.outcome(of: draft.event, on: nil, settledBy: draft.settledBy)
    let address = try draft.intent.subject.address.map(identities.row(of:))
    let before = try identities.rows(of: draft.intent.before)
    let after = try identities.rows(of: draft.intent.after)
    let actor = try identities.rows(of: draft.intent.actor)
    let change = Change(
      id: Change.ID(head.nextChange),
      sequence: head.nextSequence,
      tenantID: tenantID,
      activityDateTime: time,
      intent: Change.Intent(
        subject: address.map { .step($0.address) } ?? .connector,
        kind: draft.intent.kind,
        before: before.reference,
        after: after.reference,
        changedProperties: draft.intent.changedProperties,
        actor: actor.actor,
        reason: draft.intent.reason,
        correlationID: draft.intent.correlationID,
        requestID: draft.intent.requestID,
        rollbackOf: draft.intent.rollbackOf,
        rollbackTo: draft.intent.rollbackTo,
        batchID: draft.intent.batchID,
        lastVerifiedDateTime: draft.intent.lastVerifiedDateTime
      ),
      outcome: outcome,
      resultDateTime: outcome.map { _ in time },
      override: override
    )
    try rows.insert(
      ChangeRow(
        change: change,
        address: address?.row,
        before: before,
        after: after,
        actor: actor.row,
        clientApp: actor.clientApp
      )
    )
    head.nextChange += 1
    let personal = try insertPersonalPart(of: change, actor)
    let hash = try append(.change(change.id)) { _, salt in
      try EntryRecord(firstOf: change, salt: salt, personal: personal)
    }
    if outcome == nil { remember(hash, ofIntent: change.id) }
    note(change)
    return change
  }

  /// Inserts the personal part of a change, which an erasure can delete, and returns the hash of the personal part.
  ///
  /// The result is nil if the change has no personal part.
  private func insertPersonalPart(of change: Change, _ actor: Identities.ActorRows) throws -> Hash? {
    let intent = change.intent
    guard actor.name != nil || intent.actor.ipAddress != nil || intent.reason != nil else { return nil }
    let salt = Salt(using: &random)
    try rows.insert(
      PersonalRow(
        change: change.id.number,
        salt: salt,
        actorName: actor.name,
        ipAddress: intent.actor.ipAddress,
        reason: intent.reason
      )
    )
    return try PersonalPart(salt: salt, actor: intent.actor, reason: intent.reason).hash
  }

  /// Settles a pending change by a `Change.Event`, and returns the settled change.
  ///
  /// If the event does not settle the change, the pending change is returned unchanged.
  func settle(_ settlement: Group.Settlement) throws -> Change {
    let pending = settlement.change
    let next = try Change.outcome(of: settlement.event, on: .pending, settledBy: settlement.settledBy)
    guard let next else { return pending }
    let created = try next.created.map(identities.rows(of:))
    let outcome = Change.Outcome(
      result: next.result,
      httpStatus: next.httpStatus,
      code: next.code,
      message: next.message,
      retryAfter: next.retryAfter,
      settledBy: next.settledBy,
      graphRequestID: next.graphRequestID,
      created: created?.reference
    )
    let settled = Change(
      id: pending.id,
      sequence: head.nextSequence,
      intentSequence: pending.intentSequence,
      tenantID: pending.tenantID,
      activityDateTime: pending.activityDateTime,
      intent: pending.intent,
      outcome: outcome,
      resultDateTime: time,
      erased: pending.erased,
      override: pending.override
    )
    let intent = try hash(ofIntentOf: pending)
    var stated: (hash: Hash, actor: Change.Actor)?
    // A person's statement is stored in a separate row, which an erasure can empty. The database accepts this row only
    // while the change is pending. So the row is inserted before the outcome is written.
    if case .stated(let statement) = settlement.event { stated = try insert(statement, on: pending.id) }
    let row = OutcomeRow(
      change: settled,
      outcome: outcome,
      time: time.microseconds,
      createdConnector: created?.connector,
      createdName: created?.name
    )
    guard try rows.settle(row) else { throw try refusal(toSettle: settled.id, by: settlement.event) }
    _ = try append(.change(settled.id)) { _, salt in
      try EntryRecord(
        outcome: outcome,
        of: settled,
        intent: intent,
        salt: salt,
        personal: stated?.hash,
        statedBy: stated?.actor
      )
    }
    intentHashes[settled.id.number] = nil
    note(settled)
    return settled
  }

  /// Returns the reason why a change can't be settled: the change is already settled, or the change is missing.
  private func refusal(toSettle id: Change.ID, by event: Change.Event) throws -> LedgerError {
    let found = try rows.result(of: id.number)
    if let result = found.flatMap(Change.Result.init(rawValue:)) { _ = try Change.next(result, event) }
    return .corrupt("change \(id) can't be settled, because its result is \(found ?? "NULL")")
  }

  /// Returns the hash of the intent of a pending change, from memory or from its entry.
  private func hash(ofIntentOf change: Change) throws -> Hash {
    if let known = intentHashes[change.id.number] { return known }
    guard let hash = try rows.hash(ofEntry: change.intentSequence, of: change.id.number) else {
      throw LedgerError.corrupt("the first entry of change \(change.id) is missing")
    }
    return hash
  }

  /// The maximum number of intents in memory, which is more than the number of requests that run at the same time.
  ///
  /// The hash of an intent that is not in memory is read from its entry.
  private static let rememberedIntents = 4096

  /// Keeps the hash of an intent in memory, because the record of its outcome contains the hash.
  private func remember(_ hash: Hash, ofIntent id: Change.ID) {
    if intentHashes.count >= Self.rememberedIntents { intentHashes.removeAll() }
    intentHashes[id.number] = hash
  }

  /// Inserts a person's statement, and returns two values: the hash of the statement, and the person as stored.
  private func insert(
    _ statement: Change.Statement,
    on change: Change.ID
  ) throws -> (hash: Hash, actor: Change.Actor) {
    let (actor, salt) = (try identities.rows(of: statement.actor), Salt(using: &random))
    try connection.execute(
      """
      INSERT INTO change_statement (change, salt, actor, actor_proof, client_app, actor_name, ip_address, reason)
      VALUES (:change, :salt, :actor, :actorProof, :clientApp, :actorName, :ipAddress, :reason)
      """,
      [
        "change": change.number, "salt": salt, "actor": actor.row, "actorProof": actor.actor.proof?.rawValue,
        "clientApp": actor.clientApp, "actorName": actor.name, "ipAddress": actor.actor.ipAddress,
        "reason": statement.reason,
      ]
    )
    return (try PersonalPart(salt: salt, actor: actor.actor, reason: statement.reason).hash, actor.actor)
  }
}
