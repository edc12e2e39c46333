package import ReflogModel

extension ConnectorConfiguration {
  /// The entry as the history surface shows it.
  package var json: JSONObject {
    var reference = (change?.after ?? .unknown).json
    reference["connectorId"] = reference["connectorId"] ?? .null
    reference["displayName"] = reference["displayName"] ?? .null
    reference["targetUrl"] = .optional(targetURL)
    return [
      "flowType": .string(address.flowType.rawValue),
      "flowId": .string(address.flow.text),
      "step": .string(address.step.name),
      "known": .bool(change != nil),
      "certain": .bool(isCertain),
      "reference": .object(reference),
      "changeId": .optional(change?.id.description),
      "changedDateTime": .optional(change?.resultDateTime?.description),
      "kind": .optional(change?.intent.kind.rawValue),
      "initiatedBy": change.map { .object($0.intent.actor.json) } ?? .null,
      "verifiedDateTime": .optional(verified?.description),
    ]
  }
}

extension [ConnectorConfiguration] {
  /// All of them as one answer; without a server there is no link.
  package func json(versionURL: String?) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL {
      json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/connectorConfigurations")
    }
    json["value"] = .array(map { .object($0.json) })
    return json
  }
}
