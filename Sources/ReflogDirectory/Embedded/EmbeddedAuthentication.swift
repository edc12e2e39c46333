import ReflogModel

/// The authentication of a connector to the API that it calls, in the form that a read returns.
enum EmbeddedAuthentication {
  /// The name of the property in a connector.
  static let property = "authenticationConfiguration"

  private static let redacted = JSONValue.string("******")

  /// Returns the `apiAuthenticationConfigurationBase` that a write contains, without its secrets.
  static func readable(_ value: JSONValue) throws -> JSONValue {
    guard let object = value.object, let type = object["@odata.type"]?.string else {
      throw DirectoryRefusal.badRequest(
        "The property 'authenticationConfiguration' must be an object with '@odata.type'."
      )
    }
    switch type.hasPrefix("#") ? type : "#" + type {
    case "#microsoft.graph.basicAuthentication":
      return .object([
        "@odata.type": "#microsoft.graph.basicAuthentication",
        "username": object["username"] ?? .null,
        "password": redacted,
      ])
    case "#microsoft.graph.pkcs12Certificate", "#microsoft.graph.clientCertificateAuthentication":
      return .object(["@odata.type": "#microsoft.graph.clientCertificateAuthentication", "certificateList": .array([])])
    default:
      throw DirectoryRefusal.badRequest("The type '\(type)' is not an authentication type of API connectors.")
    }
  }
}
