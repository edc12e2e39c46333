/// What an entry of the ledger says: the JSON whose canonical bytes (RFC 8785) are hashed into the Merkle tree.
///
/// It is made of the columns of the entry's row, and of nothing else; so what is queried is what is signed. Members stand in
/// their canonical order.
package struct EntryRecord: Sendable {
  package let members: JSONObject

  /// The intent of a change.
  ///
  /// - Parameter personal: the hash of its personal part; nothing where it has none.
  package init(intentOf change: Change, sequence: Int64, salt: Salt, personal: Hash?) {
    members = Self.intent(change, entry: "intent", sequence, salt, personal)
  }

  /// A change that was born settled: intent and outcome in one.
  package init(settled change: Change, outcome: Change.Outcome, salt: Salt, personal: Hash?) {
    var members = Self.intent(change, entry: "settled", change.sequence, salt, personal)
    for member in Self.outcome(outcome, change.resultDateTime).members { members[member.name] = member.value }
    self.members = members
  }

  /// What became of a change.
  ///
  /// - Parameters:
  ///   - intent: the hash of the change's first entry.
  ///   - personal: the hash of what a person said; nothing where nobody had to say anything.
  package init(outcome: Change.Outcome, of change: Change, intent: Hash, salt: Salt, personal: Hash?) {
    var members: JSONObject = [
      "entry": "outcome", "id": .string(change.id.description), "intent": .string(intent.hexadecimal),
      "personal": .optional(personal?.hexadecimal), "salt": salt.json, "sequence": .integer(change.sequence),
    ]
    for member in Self.outcome(outcome, change.resultDateTime).members { members[member.name] = member.value }
    self.members = members
  }

  /// Something that happened to Reflog itself.
  package init(_ event: ServiceEvent, salt: Salt, personal: Hash?) {
    members = [
      "activityDateTime": .string(event.activityDateTime.description),
      "actor": event.content.actor.map { .object(Self.identity($0)) } ?? .null,
      "count": .integer(event.content.count),
      "details": .object(event.content.details),
      "entry": "event",
      "id": .string(String(event.id)),
      "kind": .string(event.content.kind.rawValue),
      "personal": .optional(personal?.hexadecimal),
      "salt": salt.json,
      "sequence": .integer(event.sequence),
    ]
  }

  /// The canonical bytes.
  package func bytes() throws(IntegrityError) -> [UInt8] {
    try members.canonicalBytes()
  }

  /// What the log holds of it: the SHA-256 of the canonical bytes.
  package func hash() throws(IntegrityError) -> Hash {
    Hash(of: try bytes())
  }

  private static func intent(
    _ change: Change,
    entry: String,
    _ sequence: Int64,
    _ salt: Salt,
    _ personal: Hash?
  ) -> JSONObject {
    let intent = change.intent
    let address = intent.subject.address
    return [
      "activityDateTime": .string(change.activityDateTime.description),
      "actor": .object(identity(intent.actor)),
      "after": .object(reference(intent.after)),
      "batchId": .optional(intent.batchID),
      "before": .object(reference(intent.before)),
      "changedProperties": intent.changedProperties?.json ?? .null,
      "correlationId": .optional(intent.correlationID),
      "entry": .string(entry),
      "flowId": .optional(address?.flow.text),
      "flowType": .optional(address?.flowType.rawValue),
      "id": .string(change.id.description),
      "kind": .string(intent.kind.rawValue),
      "lastVerifiedDateTime": .optional(intent.lastVerifiedDateTime?.description),
      "personal": .optional(personal?.hexadecimal),
      "requestId": .string(intent.requestID),
      "rollbackOf": .optional(intent.rollbackOf?.description),
      "rollbackTo": .optional(intent.rollbackTo?.description),
      "salt": salt.json,
      "sequence": .integer(sequence),
      "step": .optional(address?.step.name),
      "subject": .string(intent.subject.word),
      "tenantId": .string(change.tenantID),
    ]
  }

  /// What a person said stands in the personal part.
  private static func outcome(_ outcome: Change.Outcome, _ time: Timestamp?) -> JSONObject {
    [
      "created": outcome.created.map { .object(reference($0)) } ?? .null,
      "graphRequestId": .optional(outcome.graphRequestID),
      "result": .string(outcome.result.rawValue),
      "resultDateTime": .optional(time?.description),
      "status": .object([
        "code": .optional(outcome.code),
        "http": outcome.httpStatus.map { .integer($0) } ?? .null,
        "message": .optional(outcome.settledBy == .person ? nil : outcome.message),
        "settledBy": .string(outcome.settledBy.rawValue),
      ]),
    ]
  }

  /// What of an actor is no personal data: the ids.
  private static func identity(_ actor: Change.Actor) -> JSONObject {
    [
      "clientAppId": .optional(actor.clientAppID), "id": .optional(actor.id), "proof": .optional(actor.proof?.rawValue),
      "type": .string(actor.type.rawValue),
    ]
  }

  private static func reference(_ reference: ConnectorReference) -> JSONObject {
    [
      "connectorId": .optional(reference.connectorID?.text), "displayName": .optional(reference.displayName),
      "state": .string(reference.state.rawValue),
    ]
  }
}
