/// The record of a ledger entry as canonical JSON (RFC 8785).
///
/// A leaf of the Merkle tree is computed from the hash of the record. The record is created only from the columns of
/// the entry's row. Queries read the same columns, so queries return exactly the signed content.
package struct EntryRecord: Sendable {
  /// The canonical bytes.
  package let bytes: [UInt8]

  /// The SHA-256 of the canonical bytes.
  ///
  /// A leaf of the log's Merkle tree is computed from this hash.
  package var hash: Hash { Hash(of: bytes) }

  /// Creates the record of a change's intent.
  ///
  /// - Parameters:
  ///   - change: The change.
  ///   - sequence: The sequence of the entry.
  ///   - salt: The random bytes of the record.
  ///   - personal: The hash of the entry's personal part, or nil if the entry has no personal part.
  package init(intentOf change: Change, sequence: Int64, salt: Salt, personal: Hash?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      try record.members(of: change, outcome: nil, sequence, salt, personal)
    }.bytes
  }

  /// Creates the record of a change whose first entry contains both the intent and the outcome.
  package init(settled change: Change, outcome: Change.Outcome, salt: Salt, personal: Hash?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      try record.members(of: change, outcome: outcome, change.sequence, salt, personal)
    }.bytes
  }

  /// Creates the record of a change's outcome.
  ///
  /// - Parameters:
  ///   - outcome: The outcome.
  ///   - change: The change.
  ///   - intent: The hash of the change's first entry.
  ///   - salt: The random bytes of the record.
  ///   - personal: The hash of the personal part with a person's statement, or nil if no person stated the outcome.
  ///   - stater: The person who stated the outcome, or nil if no person stated it.
  package init(
    outcome: Change.Outcome,
    of change: Change,
    intent: Hash,
    salt: Salt,
    personal: Hash?,
    statedBy stater: Change.Actor?
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
      try record.member("statedBy", identityOf: stater)
      try record.member("status", statusOf: outcome)
    }.bytes
  }

  /// Creates the record of a service event.
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
  /// Writes the members of a change in canonical order.
  ///
  /// If `outcome` is nil, the members of the outcome are omitted.
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

  /// Writes the parts of an actor that are not personal data: the ids, the proof and the type.
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

  /// Writes the status of an outcome.
  ///
  /// A person's statement is omitted, because the statement is in the personal part.
  fileprivate mutating func member(
    _ name: StaticString,
    statusOf outcome: Change.Outcome
  ) throws(IntegrityError) {
    try member(name) { record throws(IntegrityError) in
      record.member("code", outcome.code)
      record.member("http", outcome.httpStatus.map { Int64($0) })
      record.member("message", outcome.settledBy == .person ? nil : outcome.message)
      record.member("retryAfter", outcome.retryAfter.map { Int64($0) })
      record.member("settledBy", outcome.settledBy.rawValue)
    }
  }
}
