/// What Reflog knows of a connector: nothing of it is a secret.
package struct DirectoryConnector: Sendable {
  package let id: ConnectorID
  package let displayName: String
  /// Redacted, see ``redactedURL(_:)``.
  package let targetURL: String
  /// The kind of its authentication, and behind it the thumbprints of its certificates, sorted; `none` where it has none,
  /// nothing where nobody looked.
  package let authentication: String?

  package init(id: ConnectorID, displayName: String, targetURL: String, authentication: String? = nil) {
    self.id = id
    self.displayName = displayName
    self.targetURL = redactedURL(targetURL)
    self.authentication = authentication
  }

  package var reference: ConnectorReference { .connector(id, displayName: displayName) }
}

extension DirectoryConnector {
  /// Reads an `identityApiConnector` of Microsoft Graph; one without a name goes by its id.
  package init?(graph object: JSONObject) {
    guard let id = object["id"]?.string.flatMap({ ConnectorID($0) }) else { return nil }
    self.init(
      id: id,
      displayName: object["displayName"]?.string ?? id.text,
      targetURL: object["targetUrl"]?.string ?? "",
      authentication: Self.authentication(object["authenticationConfiguration"]?.object)
    )
  }

  private static func authentication(_ object: JSONObject?) -> String {
    guard let object, let type = object["@odata.type"]?.string else { return "none" }
    let kind = type.split(separator: ".").last.map(String.init) ?? type
    let thumbprints = (object["certificateList"]?.array ?? []).compactMap { $0.object?["thumbprint"]?.string }
    return ([kind] + thumbprints.sorted()).joined(separator: " ")
  }
}

extension ConnectorReference {
  /// Reads the value of a step in a `userFlowApiConnectorConfiguration`; an unset one is `null` or not there. Fails on
  /// anything else that is no connector.
  package init?(graphStep value: JSONValue?) {
    switch value {
    case nil, .null: self = .none
    case .object(let object):
      guard let connector = DirectoryConnector(graph: object) else { return nil }
      self = connector.reference
    case .some: return nil
    }
  }
}
