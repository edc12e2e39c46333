package import ReflogModel

extension ConfigurationComparison {
  /// The comparison as JSON of the history API.
  ///
  /// - Parameter versionURL: The URL of this server up to the API version, such as `https://reflog.example/beta`, or
  ///   nil to leave out `@odata.context`.
  package func json(versionURL: String?) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL {
      json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/connectorConfigurations")
    }
    json["asOf"] = .string(first.description)
    json["compareWith"] = .string(second.description)
    json["comparedSteps"] = .integer(comparedCount)
    json["value"] = .array(differences.map { .object($0.json) })
    return json
  }
}

extension ConfigurationDifference {
  /// The difference as JSON.
  fileprivate var json: JSONObject {
    address.json + [
      "difference": .string(kind.rawValue),
      "before": before.map { .object($0.withoutAddress) } ?? .null,
      "after": .object(after.withoutAddress),
      "editedBy": edits?.json ?? .array([]),
      "summary": .optional(summary),
      "changeId": .optional(change?.id.description),
      "changedDateTime": .optional(change?.resultDateTime?.description),
      "initiatedBy": change.map { .object($0.intent.actor.json) } ?? .null,
    ] + JSONObject(self, Self.erased)
  }

  private static let erased: [JSONMember<ConfigurationDifference>] = [Erased.member { $0.change?.erased }]
}

extension ConnectorConfiguration {
  /// The configuration as JSON, but without the address and without the list of the connector's edits.
  ///
  /// The JSON of the difference contains the address, and only those edits that were made between the two moments.
  fileprivate var withoutAddress: JSONObject {
    let left = Set(["flowType", "flowId", "step", "connectorEdits"])
    return JSONObject(self, Self.members.filter { !left.contains($0.name) })
  }
}
