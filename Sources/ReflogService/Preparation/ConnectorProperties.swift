import ReflogModel

/// Finds the properties that a write to a connector changes, and their values, except secret values.
enum ConnectorProperties {
  static let displayName = Change.ChangedProperty.displayNameName
  static let targetURL = Change.ChangedProperty.targetURLName
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
  /// If `connector` is not nil, the properties whose values the write does not change are left out. The names have
  /// Microsoft Graph's spelling, even if the body contains the names in another case.
  static func written(by body: JSONObject, over connector: DirectoryConnector?) -> [Change.ChangedProperty] {
    body.members.compactMap { member in
      switch member.name.asciiFolded {
      case _ where isUnchanged(member, in: connector): nil
      case displayName.asciiFolded:
        Change.ChangedProperty(name: displayName, before: connector?.displayName, after: member.value.string)
      case targetURL.asciiFolded:
        Change.ChangedProperty(
          name: targetURL,
          before: connector?.targetURL,
          after: member.value.string.map(redactedURL)
        )
      case authentication.asciiFolded: Change.ChangedProperty(name: authentication, before: nil, after: nil)
      case "id": nil
      default: Change.ChangedProperty(name: member.name, before: nil, after: nil)
      }
    }
  }

  /// Whether a member of the body certainly has the connector's current value.
  ///
  /// The result is false for an authentication with a secret, because a read returns no secret.
  private static func isUnchanged(_ member: JSONObject.Member, in connector: DirectoryConnector?) -> Bool {
    guard let connector else { return false }
    switch (member.name.asciiFolded, member.value) {
    case (displayName.asciiFolded, .string(let name)): return name.utf8.elementsEqual(connector.displayName.utf8)
    case (targetURL.asciiFolded, .string(let url)): return connector.hasTargetURL(url)
    case (authentication.asciiFolded, .object(let object)):
      let text = DirectoryConnector.authentication(object)
      return text.hasPrefix("clientCertificateAuthentication") && text == connector.authentication
    default: return false
    }
  }
}
