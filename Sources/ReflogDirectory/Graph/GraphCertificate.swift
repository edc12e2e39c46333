import Crypto
import Foundation
import JWTKit
import ReflogModel

/// The certificate and the private key with which Reflog's application authenticates.
///
/// The client assertion has the form that the Microsoft identity platform requires ("application certificate
/// credentials"). The assertion is signed with PS256, and `x5t#S256` contains the SHA-256 of the certificate's DER
/// form.
package struct GraphCertificate: Sendable {
  /// The time, in seconds, for which a client assertion is valid.
  ///
  /// The time is long enough for clocks that differ a little, and so short that a stolen assertion soon becomes
  /// useless.
  private static let lifetime: TimeInterval = 300

  private let keys: JWTKeyCollection
  private let thumbprint: String

  /// Reads a PEM file that contains a certificate and its RSA private key.
  ///
  /// - Throws: A ``CredentialError`` if the file can't be used.
  package init(pemFileAt path: String) async throws {
    let text = try CredentialFile.text(ofFileAt: path)
    guard let certificate = Self.der(ofFirst: "CERTIFICATE", in: text) else {
      throw CredentialError.noCertificate(path: path)
    }
    thumbprint = Hash(of: Array(certificate)).bytes.base64URL
    keys = JWTKeyCollection()
    guard let pem = Self.block("PRIVATE KEY", in: text) ?? Self.block("RSA PRIVATE KEY", in: text) else {
      throw CredentialError.noPrivateKey(path: path, problem: "it has no block PRIVATE KEY or RSA PRIVATE KEY")
    }
    do {
      await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
    } catch {
      // The parser's error is left out, because that error may contain a part of the private key.
      throw CredentialError.noPrivateKey(path: path, problem: "its key can't be parsed")
    }
  }

  private struct Assertion: JWTPayload {
    let aud: AudienceClaim
    let iss: IssuerClaim
    let sub: SubjectClaim
    let jti: IDClaim
    let nbf: NotBeforeClaim
    let exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws {
      try exp.verifyNotExpired()
    }
  }

  /// Returns a new signed assertion for a token request.
  func assertion(by clientID: String, for tokenURL: String) async throws -> String {
    let now = Date()
    let assertion = Assertion(
      aud: AudienceClaim(value: tokenURL),
      iss: IssuerClaim(value: clientID),
      sub: SubjectClaim(value: clientID),
      jti: IDClaim(value: GUID.random()),
      nbf: NotBeforeClaim(value: now),
      exp: ExpirationClaim(value: now + Self.lifetime)
    )
    return try await keys.sign(assertion, header: ["x5t#S256": .string(thumbprint)])
  }

  /// Returns the first PEM block with this label, or nil if no block has this label.
  ///
  /// The block includes its BEGIN and END lines.
  private static func block(_ label: String, in text: String) -> String? {
    let (begin, end) = ("-----BEGIN \(label)-----", "-----END \(label)-----")
    guard let start = text.firstRange(of: begin), let stop = text[start.upperBound...].firstRange(of: end) else {
      return nil
    }
    return String(text[start.lowerBound..<stop.upperBound])
  }

  private static func der(ofFirst label: String, in text: String) -> Data? {
    let lines = block(label, in: text)?.split(whereSeparator: \.isNewline).dropFirst().dropLast() ?? []
    return lines.isEmpty ? nil : Data(base64Encoded: lines.joined())
  }
}
