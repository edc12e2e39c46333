import ReflogModel

/// The properties that a write of a connector changes.
///
/// They have their values, except for values that are secret.
enum ConnectorProperties {
  static let displayName = "displayName"
  static let targetURL = "targetUrl"
  static let authentication = "authenticationConfiguration"

  static let writtenByCertificate = [Change.ChangedProperty(name: authentication, before: nil, after: nil)]

  /// Returns the names of the properties that a write would change.
  ///
  /// The result has no values, because the write may never take place.
  static func names(in body: JSONObject) -> [Change.ChangedProperty] {
    written(by: body, over: nil).map {
      Change.ChangedProperty(name: String($0.name.prefix(64)), before: nil, after: nil)
    }
  }

  /// Returns the properties that a write changes.
  ///
  /// Their names are spelled as in Microsoft Graph, also if the body has them in another case.
  static func written(by body: JSONObject, over connector: DirectoryConnector?) -> [Change.ChangedProperty] {
    body.members.compactMap { member in
      switch member.name.asciiFolded {
      case displayName.asciiFolded:
        Change.ChangedProperty(name: displayName, before: connector?.displayName, after: member.value.string)
      case targetURL.asciiFolded:
        Change.ChangedProperty(
          name: targetURL,
          before: connector?.targetURL,
          after: member.value.string.map(redactedURL)
        )
      case authentication.asciiFolded: Change.ChangedProperty(name: authentication, before: nil, after: nil)
      case "id", "@odata.type", "@odata.context": nil
      default: Change.ChangedProperty(name: member.name, before: nil, after: nil)
      }
    }
  }
}
