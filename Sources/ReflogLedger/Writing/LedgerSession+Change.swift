import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// Records a change. What is returned says what its row says, since its entry is made of that.
  func record(_ draft: Group.Draft) throws -> Change {
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
      resultDateTime: outcome.map { _ in time }
    )
    try insert(change, address?.row, before, after, actor)
    head.nextChange += 1
    let personal = try insertPersonalPart(of: change, actor)
    let hash = try append(.change(change.id)) { _, salt in
      try EntryRecord(firstOf: change, salt: salt, personal: personal)
    }
    if outcome == nil { remember(hash, ofIntent: change.id) }
    note(change)
    return change
  }

  private func insert(
    _ change: Change,
    _ address: Int64?,
    _ before: Identities.ReferenceRows,
    _ after: Identities.ReferenceRows,
    _ actor: Identities.ActorRows
  ) throws {
    let (statement, intent, outcome) = (statements.insertChange, change.intent, change.outcome)
    statement.bind(1, change.id.number)
    statement.bind(2, change.sequence)
    statement.bind(3, change.activityDateTime.microseconds)
    statement.bind(4, intent.subject.word)
    statement.bind(5, address)
    statement.bind(6, intent.kind.rawValue)
    statement.bind(7, before.reference.state.rawValue)
    statement.bind(8, before.connector)
    statement.bind(9, before.name)
    statement.bind(10, after.reference.state.rawValue)
    statement.bind(11, after.connector)
    statement.bind(12, after.name)
    statement.bind(13, intent.changedProperties.map(ChangedPropertiesColumn.text(of:)))
    statement.bind(14, actor.row)
    statement.bind(15, intent.actor.proof?.rawValue)
    statement.bind(16, actor.clientApp)
    statement.bind(17, requestID: intent.correlationID)
    statement.bind(18, requestID: intent.requestID)
    statement.bind(19, intent.rollbackOf?.number)
    statement.bind(20, intent.rollbackTo?.microseconds)
    statement.bind(21, requestID: intent.batchID)
    statement.bind(22, intent.lastVerifiedDateTime?.microseconds)
    statement.bind(23, change.result.rawValue)
    statement.bind(24, outcome.map { _ in change.sequence })
    statement.bind(25, change.resultDateTime?.microseconds)
    statement.bind(26, (outcome?.httpStatus).map { Int64($0) })
    statement.bind(27, outcome?.code)
    statement.bind(28, outcome?.message)
    statement.bind(29, outcome?.settledBy.rawValue)
    statement.bind(30, requestID: outcome?.graphRequestID)
    try statement.run()
  }

  /// What can be erased of a change without touching the rest. Returns its hash, or nil if there is nothing.
  private func insertPersonalPart(of change: Change, _ actor: Identities.ActorRows) throws -> Hash? {
    let intent = change.intent
    guard actor.name != nil || intent.actor.ipAddress != nil || intent.reason != nil else { return nil }
    let (statement, salt) = (statements.insertPersonal, Salt(using: &random))
    statement.bind(1, change.id.number)
    statement.bind(2, salt)
    statement.bind(3, actor.name)
    statement.bind(4, intent.actor.ipAddress)
    statement.bind(5, intent.reason)
    try statement.run()
    return try PersonalPart(salt: salt, actor: intent.actor, reason: intent.reason).hash
  }

  /// Settles a pending change by what happened to it; one that the event leaves pending comes back as it was.
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
      resultDateTime: time
    )
    let intent = try hash(ofIntentOf: pending)
    var personal: Hash?
    // What a person says is kept in a row of its own, which can be erased. It is written while the change is pending.
    if case .stated(let statement) = settlement.event { personal = try insert(statement, on: pending.id) }
    try update(settled, outcome, created, settlement.event)
    _ = try append(.change(settled.id)) { _, salt in
      try EntryRecord(outcome: outcome, of: settled, intent: intent, salt: salt, personal: personal)
    }
    intentHashes[settled.id.number] = nil
    note(settled)
    return settled
  }

  private func update(
    _ change: Change,
    _ outcome: Change.Outcome,
    _ created: Identities.ReferenceRows?,
    _ event: Change.Event
  ) throws {
    let statement = statements.settle
    statement.bind(1, outcome.result.rawValue)
    statement.bind(2, change.sequence)
    statement.bind(3, time.microseconds)
    statement.bind(4, outcome.httpStatus.map { Int64($0) })
    statement.bind(5, outcome.code)
    statement.bind(6, outcome.settledBy == .person ? nil : outcome.message)
    statement.bind(7, outcome.settledBy.rawValue)
    statement.bind(8, requestID: outcome.graphRequestID)
    statement.bind(9, created?.connector)
    statement.bind(10, created?.name)
    statement.bind(11, change.id.number)
    try statement.run()
    guard connection.changedRowCount == 1 else { return try refuseSettlement(of: change.id, by: event) }
  }

  /// Throws why a change can't be settled: it is settled already, or missing.
  private func refuseSettlement(of id: Change.ID, by event: Change.Event) throws {
    statements.result.bind(1, id.number)
    let found = try statements.result.first { try $0.text(0) }
    if let result = found.flatMap(Change.Result.init(rawValue:)) { _ = try Change.next(result, event) }
    throw LedgerError.corrupt("change \(id), which has the result \(found ?? "NULL")")
  }

  private func hash(ofIntentOf change: Change) throws -> Hash {
    if let known = intentHashes[change.id.number] { return known }
    statements.entryHash.bind(1, change.intentSequence)
    statements.entryHash.bind(2, change.id.number)
    guard let hash = try statements.entryHash.first({ Hash(bytes: try $0.blob(0)) }) ?? nil else {
      throw LedgerError.corrupt("the first entry of change \(change.id), which is missing")
    }
    return hash
  }

  /// More than requests that are worked on at once; the rest is read again.
  private static let rememberedIntents = 4096

  private func remember(_ hash: Hash, ofIntent id: Change.ID) {
    if intentHashes.count >= Self.rememberedIntents { intentHashes.removeAll() }
    intentHashes[id.number] = hash
  }

  private func insert(_ statement: Change.Statement, on change: Change.ID) throws -> Hash {
    let (actor, salt) = (try identities.rows(of: statement.actor), Salt(using: &random))
    try connection.execute(
      """
      INSERT INTO change_statement (change, salt, actor, actor_name, ip_address, reason)
      VALUES (:change, :salt, :actor, :actorName, :ipAddress, :reason)
      """,
      [
        "change": change.number, "salt": salt, "actor": actor.row, "actorName": actor.name,
        "ipAddress": statement.actor.ipAddress, "reason": statement.reason,
      ]
    )
    return try PersonalPart(salt: salt, statement: actor.actor, reason: statement.reason).hash
  }
}
