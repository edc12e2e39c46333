import ReflogModel

/// Finds the properties that a write of a connector changes.
///
/// The values of the properties are included, except for secret values.
enum ConnectorProperties {
  static let displayName = "displayName"
  static let targetURL = "targetUrl"
  static let authentication = "authenticationConfiguration"

  static let writtenByCertificate = [Change.ChangedProperty(name: authentication, before: nil, after: nil)]

  /// Returns the names of the properties that a write would change, without their values.
  ///
  /// The values are left out, because it is not certain that the write will be sent.
  static func names(in body: JSONObject) -> [Change.ChangedProperty] {
    written(by: body, over: nil).map {
      Change.ChangedProperty(name: String($0.name.prefix(64)), before: nil, after: nil)
    }
  }

  /// Returns the properties that a write changes.
  ///
  /// The names are spelled as in Microsoft Graph, even if the body contains the names in another case.
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
