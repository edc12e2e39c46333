import Crypto
import Foundation
import JWTKit
import ReflogModel

/// A certificate of Reflog's application, and the private key by which it signs that it is itself.
///
/// The assertion is as the Microsoft identity platform wants it (application certificate credentials): PS256, and the
/// certificate named by the SHA-256 of its DER in `x5t#S256`.
package struct GraphCertificate: Sendable {
  /// Long enough for clocks that differ, short enough to be worth nothing to whoever finds one.
  private static let lifetime: TimeInterval = 300

  private let keys: JWTKeyCollection
  private let thumbprint: String

  /// Reads a PEM file that holds a certificate and its RSA private key.
  package init(pemFileAt path: String) async throws {
    let text = try CredentialFile.text(ofFileAt: path)
    guard let certificate = Self.der(ofFirst: "CERTIFICATE", in: text) else {
      throw CredentialError.noCertificate(path: path)
    }
    thumbprint = Hash(of: Array(certificate)).bytes.base64URL
    keys = JWTKeyCollection()
    guard let pem = Self.block("PRIVATE KEY", in: text) ?? Self.block("RSA PRIVATE KEY", in: text) else {
      throw CredentialError.noPrivateKey(path: path, problem: "no such block is there")
    }
    do {
      await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
    } catch {
      // What the parser says of a key may hold a piece of it.
      throw CredentialError.noPrivateKey(path: path, problem: "it can't be parsed")
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

  /// A block of PEM, its marks included.
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
