import Crypto
import Foundation
import ReflogModel

/// The authentication that a connector uses when it calls an API, in the form that a read returns.
enum EmbeddedAuthentication {
  /// The name of the property in a connector.
  static let property = "authenticationConfiguration"

  private static let redacted = JSONValue.string("******")
  private static let certificateType = "#microsoft.graph.clientCertificateAuthentication"

  /// Returns the authentication that a request body contains (`apiAuthenticationConfigurationBase`), without the
  /// secrets.
  ///
  /// - Parameter current: The connector's current authentication. If a caller sends back a connector that the caller
  ///   read before, the body contains the list of certificates. This list must equal the current list, because only an
  ///   upload can change the list.
  static func readable(_ value: JSONValue, over current: JSONValue) throws -> JSONValue {
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
    case "#microsoft.graph.pkcs12Certificate":
      guard let pkcs12 = object["pkcs12Value"]?.string else {
        throw DirectoryRefusal.badRequest("The property 'pkcs12Value' is required.")
      }
      return adding(pkcs12, to: .null)
    case certificateType where value == current: return current
    case certificateType:
      throw DirectoryRefusal.badRequest("The certificates of an API connector can't be written. Upload a certificate.")
    default:
      throw DirectoryRefusal.badRequest("The type '\(type)' is not an authentication type of API connectors.")
    }
  }

  /// Returns a copy of an authentication with one more certificate; the new certificate is active.
  ///
  /// The directory does not use the password of the PKCS #12 file, so it can't read the certificate. The thumbprint is
  /// therefore the hash of the text `pkcs12`.
  static func adding(_ pkcs12: String, to current: JSONValue) -> JSONValue {
    let isCertificate = current.object?["@odata.type"]?.string == certificateType
    let earlier = (isCertificate ? current.object?["certificateList"]?.array : nil) ?? []
    let thumbprint = Insecure.SHA1.hash(data: Array(pkcs12.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
    let inactive = earlier.compactMap { value -> JSONValue? in
      guard var certificate = value.object, certificate["thumbprint"]?.string != thumbprint else { return nil }
      certificate["isActive"] = .bool(false)
      return .object(certificate)
    }
    let new = JSONValue.object(["thumbprint": .string(thumbprint), "isActive": .bool(true)])
    return .object(["@odata.type": .string(certificateType), "certificateList": .array(inactive + [new])])
  }
}
