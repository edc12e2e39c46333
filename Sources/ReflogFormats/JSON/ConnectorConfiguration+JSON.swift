package import ReflogModel

/// The members of a configuration in JSON, in order.
extension ConnectorConfiguration: Listed {
  /// The last segment of the list's path in the history API.
  package static let collection = "connectorConfigurations"

  /// The members in JSON.
  package static let members =
    plain(.flowType, through: .certain)
    + [JSONMember(ConfigurationField.Part.reference.rawValue) { .object(JSONObject($0, referenceMembers)) }]
    + plain(.changeId, through: .kind)
    + [
      JSONMember(ConfigurationField.Part.initiatedBy.rawValue) {
        $0.change.map { .object($0.intent.actor.json) } ?? .null
      }
    ] + plain(.verifiedDateTime) + [Erased.member { $0.change?.erased }]
    + [
      JSONMember("connectorEdits", schema: ["type": "array"]) { configuration in
        let newest = (configuration.edits?.changes ?? []).suffix(maximumEditCount).reversed()
        return .array(newest.map { .object(JSONObject($0, editMembers)) })
      }
    ]

  /// The maximum number of edits of the connector in JSON.
  private static let maximumEditCount = 3

  /// The members that JSON shows for each edit of the connector.
  ///
  /// The JSON of a change has the same members with the same values.
  private static let editMembers: [JSONMember<Change>] = {
    let names = [
      "id", "kind", "result", "resultDateTime", "before", "after", "changedProperties", "initiatedBy", "erased",
    ]
    return Change.members.filter { names.contains($0.name) }
  }()

  private static func plain(
    _ first: ConfigurationField.Plain,
    through last: ConfigurationField.Plain? = nil
  ) -> [JSONMember<ConnectorConfiguration>] {
    ConfigurationField.Plain.cases(from: first, through: last).map { field in JSONMember(field) { $0[field] } }
  }

  /// All fields of the reference, including the fields that are null.
  private static let referenceMembers =
    ReferenceField.allCases.map { field in JSONMember<ConnectorConfiguration>(field) { $0.reference[field] } }
    + [JSONMember(ConfigurationField.targetURL, ConfigurationField.targetURLName) { $0[.targetURL] }]
}
