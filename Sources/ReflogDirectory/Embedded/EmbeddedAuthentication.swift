import ReflogModel

/// How a connector proves itself to the API it calls, as a reader may see it.
enum EmbeddedAuthentication {
  /// What a connector calls it.
  static let property = "authenticationConfiguration"

  private static let redacted = JSONValue.string("******")

  /// Takes an `apiAuthenticationConfigurationBase` as a writer sends it, and drops its secrets.
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
      throw DirectoryRefusal.badRequest("The type '\(type)' is no authentication of an API connector.")
    }
  }
}
