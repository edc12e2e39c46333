package import ReflogModel

extension Change {
  /// The change as the history surface shows it.
  package var json: JSONObject {
    [
      "id": .string(id.description),
      "sequence": .integer(sequence),
      "activityDateTime": .string(activityDateTime.description),
      "kind": .string(intent.kind.rawValue),
      "result": .string(result.rawValue),
      "resultDateTime": .optional(resultDateTime?.description),
      "tenantId": .string(tenantID),
      "subject": .string(intent.subject.word),
      "flowType": .optional(intent.subject.address?.flowType.rawValue),
      "flowId": .optional(intent.subject.address?.flow.text),
      "step": .optional(intent.subject.address?.step.name),
      "before": .object(intent.before.json),
      "after": .object(after.json),
      "changedProperties": intent.changedProperties?.json ?? .null,
      "initiatedBy": .object(intent.actor.json),
      "reason": .optional(intent.reason),
      "correlationId": .optional(intent.correlationID),
      "requestId": .string(intent.requestID),
      "graphRequestId": .optional(outcome?.graphRequestID),
      "rollbackOf": .optional(intent.rollbackOf?.description),
      "rollbackTo": .optional(intent.rollbackTo?.description),
      "batchId": .optional(intent.batchID),
      "status": .object([
        "http": outcome?.httpStatus.map { .integer($0) } ?? .null,
        "code": .optional(outcome?.code),
        "message": .optional(outcome?.message),
        "settledBy": .optional(outcome?.settledBy.rawValue),
      ]),
      "lastVerifiedDateTime": .optional(intent.lastVerifiedDateTime?.description),
    ]
  }
}

extension ConnectorReference {
  /// `{"state","connectorId","displayName"}`, the latter two only where a connector stands.
  var json: JSONObject {
    switch self {
    case .connector(let id, let displayName):
      [
        "state": .string(state.rawValue), "connectorId": .string(id.text), "displayName": .optional(displayName),
      ]
    case .none, .unknown: ["state": .string(state.rawValue)]
    }
  }
}

extension Change.Actor {
  /// `initiatedBy`: one of `user`, `app` and `token` is there, and `app` beside a user names the calling client.
  var json: JSONObject {
    [
      "type": .string(type.rawValue),
      "proof": .optional(proof?.rawValue),
      "ipAddress": .optional(ipAddress),
      "user": type == .user ? user : .null,
      "app": app,
      "token": type == .token ? .object(["id": .optional(id), "displayName": .optional(name)]) : .null,
    ]
  }

  private var user: JSONValue {
    .object([
      "id": .optional(id), "displayName": .optional(name), "userPrincipalName": .optional(userPrincipalName),
    ])
  }

  private var app: JSONValue {
    switch type {
    case .app:
      .object([
        "appId": .optional(clientAppID), "servicePrincipalId": .optional(id), "displayName": .optional(name),
      ])
    case .user, .token, .unknown:
      clientAppID.map { .object(["appId": .string($0), "servicePrincipalId": .null, "displayName": .null]) } ?? .null
    }
  }
}
