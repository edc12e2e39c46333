/// The properties of a connector that Reflog is allowed to record.
///
/// No property contains a secret.
package struct DirectoryConnector: Sendable {
  package let id: ConnectorID
  package let displayName: String
  /// The target URL, redacted by ``redactedURL(_:)``.
  package let targetURL: String
  /// Whether the directory's answer contained the name and the target URL.
  ///
  /// If the answer lacked the name, ``displayName`` is the id. If the answer lacked the target URL, ``targetURL`` is
  /// empty. Don't compare such a value with the recorded value.
  package let isComplete: Bool
  /// How the connector authenticates: the kind, followed by the thumbprints of its certificates.
  ///
  /// The parts are separated by spaces, and the thumbprints are sorted. The text is `none` if the connector uses no
  /// authentication. The value is nil if the authentication was not read.
  package let authentication: String?
  /// A hash of the whole target URL, for comparisons in this process only.
  ///
  /// The hash is needed because the query of the target URL is not stored.
  private let targetURLHash: Int

  /// Creates a connector, redacts its target URL, and replaces U+0000 in its texts.
  package init(
    id: ConnectorID,
    displayName: String,
    targetURL: String,
    authentication: String? = nil,
    isComplete: Bool = true
  ) {
    self.id = id
    self.isComplete = isComplete
    self.displayName = displayName.replacingZeros
    self.targetURL = redactedURL(targetURL).replacingZeros
    self.authentication = authentication?.replacingZeros
    targetURLHash = Self.hash(targetURL)
  }

  /// Returns whether a URL is the connector's whole target URL, including the parts that are not stored.
  ///
  /// The result is correct only for a connector that was read from the directory.
  package func hasTargetURL(_ url: String) -> Bool { Self.hash(url) == targetURLHash }

  private static func hash(_ url: String) -> Int {
    var hasher = Hasher()
    url.utf8.forEach { hasher.combine($0) }
    return hasher.finalize()
  }

  /// A reference to the connector.
  package var reference: ConnectorReference { .connector(id, displayName: isComplete ? displayName : nil) }
}

extension DirectoryConnector {
  /// Reads an `identityApiConnector` of Microsoft Graph.
  ///
  /// Returns nil if the object has no valid id.
  package init?(graph object: JSONObject) {
    guard let id = object["id"]?.string.flatMap({ ConnectorID($0) }) else { return nil }
    let (name, url) = (object["displayName"]?.string, object["targetUrl"]?.string)
    self.init(
      id: id,
      displayName: name ?? id.text,
      targetURL: url ?? "",
      authentication: object["authenticationConfiguration"].map { Self.authentication($0.object) },
      isComplete: name != nil && url != nil
    )
  }

  /// Returns how a connector with this `authenticationConfiguration` authenticates.
  ///
  /// The text has the form of the property ``authentication``.
  package static func authentication(_ object: JSONObject?) -> String {
    guard let object, let type = object["@odata.type"]?.string else { return "none" }
    let kind = type.split(separator: ".").last.map(String.init) ?? type
    let thumbprints = object.objects("certificateList").compactMap { $0["thumbprint"]?.string }
    return ([kind] + thumbprints.sorted()).joined(separator: " ")
  }
}
