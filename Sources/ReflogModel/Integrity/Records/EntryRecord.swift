/// What an entry of the ledger says: canonical JSON (RFC 8785), whose bytes are hashed into the Merkle tree.
///
/// It is made of the columns of the entry's row, and of nothing else; so what is queried is what is signed.
package struct EntryRecord: Sendable {
  /// The canonical bytes.
  package let bytes: [UInt8]

  /// What the log holds of it: the SHA-256 of the canonical bytes.
  package var hash: Hash { Hash(of: bytes) }

  /// The intent of a change.
  ///
  /// - Parameter personal: the hash of its personal part; nothing where it has none.
  package init(intentOf change: Change, sequence: Int64, salt: Salt, personal: Hash?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      try record.members(of: change, outcome: nil, sequence, salt, personal)
    }.bytes
  }

  /// A change that was born settled: intent and outcome in one.
  package init(settled change: Change, outcome: Change.Outcome, salt: Salt, personal: Hash?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      try record.members(of: change, outcome: outcome, change.sequence, salt, personal)
    }.bytes
  }

  /// What became of a change.
  ///
  /// - Parameters:
  ///   - intent: the hash of the change's first entry.
  ///   - personal: the hash of what a person said; nothing where nobody had to say anything.
  package init(
    outcome: Change.Outcome,
    of change: Change,
    intent: Hash,
    salt: Salt,
    personal: Hash?
  ) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      try record.member("created", outcome.created)
      record.member("entry", "outcome")
      record.member("graphRequestId", outcome.graphRequestID)
      record.member("id", id: change.id.number)
      record.member("intent", intent)
      record.member("personal", personal)
      record.member("result", outcome.result.rawValue)
      record.member("resultDateTime", change.resultDateTime)
      record.member("salt", salt)
      record.member("sequence", change.sequence)
      try record.member("status", statusOf: outcome)
    }.bytes
  }

  /// Something that happened to Reflog itself.
  package init(_ event: ServiceEvent, salt: Salt, personal: Hash?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      record.member("activityDateTime", event.activityDateTime)
      try record.member("actor", identityOf: event.content.actor)
      record.member("count", Int64(event.content.count))
      try record.member("details", .object(event.content.details))
      record.member("entry", "event")
      record.member("id", id: event.id)
      record.member("kind", event.content.kind.rawValue)
      record.member("personal", personal)
      record.member("salt", salt)
      record.member("sequence", event.sequence)
    }.bytes
  }
}

extension RecordWriter {
  /// All of a change, in the canonical order of its members; without what became of it where that is not known yet.
  fileprivate mutating func members(
    of change: Change,
    outcome: Change.Outcome?,
    _ sequence: Int64,
    _ salt: Salt,
    _ personal: Hash?
  ) throws(IntegrityError) {
    let intent = change.intent
    let address = intent.subject.address
    member("activityDateTime", change.activityDateTime)
    try member("actor", identityOf: intent.actor)
    try member("after", intent.after)
    member("batchId", intent.batchID)
    try member("before", intent.before)
    try member("changedProperties", intent.changedProperties?.json)
    member("correlationId", intent.correlationID)
    if let outcome { try member("created", outcome.created) }
    member("entry", outcome == nil ? "intent" : "settled")
    member("flowId", address?.flow.text)
    member("flowType", address?.flowType.rawValue)
    if let outcome { member("graphRequestId", outcome.graphRequestID) }
    member("id", id: change.id.number)
    member("kind", intent.kind.rawValue)
    member("lastVerifiedDateTime", intent.lastVerifiedDateTime)
    member("personal", personal)
    member("requestId", intent.requestID)
    if let outcome {
      member("result", outcome.result.rawValue)
      member("resultDateTime", change.resultDateTime)
    }
    member("rollbackOf", id: intent.rollbackOf?.number)
    member("rollbackTo", intent.rollbackTo)
    member("salt", salt)
    member("sequence", sequence)
    if let outcome { try member("status", statusOf: outcome) }
    member("step", address?.step.name)
    member("subject", intent.subject.word)
    member("tenantId", change.tenantID)
  }

  /// What of an actor is no personal data: the ids.
  fileprivate mutating func member(_ name: StaticString, identityOf actor: Change.Actor?) throws(IntegrityError) {
    guard let actor else { return member(name, nil as String?) }
    try member(name) { record throws(IntegrityError) in
      record.member("clientAppId", actor.clientAppID)
      record.member("id", actor.id)
      record.member("proof", actor.proof?.rawValue)
      record.member("type", actor.type.rawValue)
    }
  }

  fileprivate mutating func member(
    _ name: StaticString,
    _ reference: ConnectorReference?
  ) throws(IntegrityError) {
    guard let reference else { return member(name, nil as String?) }
    try member(name) { record throws(IntegrityError) in
      record.member("connectorId", reference.connectorID?.text)
      record.member("displayName", reference.displayName)
      record.member("state", reference.state.rawValue)
    }
  }

  /// What a person said stands in the personal part.
  fileprivate mutating func member(
    _ name: StaticString,
    statusOf outcome: Change.Outcome
  ) throws(IntegrityError) {
    try member(name) { record throws(IntegrityError) in
      record.member("code", outcome.code)
      record.member("http", outcome.httpStatus.map { Int64($0) })
      record.member("message", outcome.settledBy == .person ? nil : outcome.message)
      record.member("settledBy", outcome.settledBy.rawValue)
    }
  }
}
