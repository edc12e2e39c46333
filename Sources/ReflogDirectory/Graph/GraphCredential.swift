/// How Reflog proves to the login of a cloud that it is itself.
package struct GraphCredential: Sendable {
  /// The tenant's GUID.
  package let tenantID: String
  package let clientID: String
  let proof: Proof

  package enum Proof: Sendable {
    case secret(String)
    /// A file whose first line is the secret, read anew for every token, so that the secret can be changed.
    case secretFile(path: String)
    /// A PEM file with a certificate and its private key.
    case certificate(GraphCertificate)
    /// A file with a token of another identity provider, read anew for every token (workload identity federation).
    case federatedTokenFile(path: String)
  }

  package init(tenantID: String, clientID: String, proof: Proof) {
    self.tenantID = tenantID
    self.clientID = clientID
    self.proof = proof
  }

  /// Throws a ``CredentialError`` where the file that it stands in can't be used now.
  package func requireReadable() throws(CredentialError) {
    switch proof {
    case .secret, .certificate: break
    case .secretFile(let path), .federatedTokenFile(let path): _ = try CredentialFile.firstLine(ofFileAt: path)
    }
  }

  /// A client assertion's type (RFC 7523 §2.2).
  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// The fields of a token request by which the client proves itself.
  ///
  /// - Parameter tokenURL: whom an assertion is made for.
  func fields(tokenURL: String) async throws -> [(name: String, value: String)] {
    switch proof {
    case .secret(let secret):
      return [("client_secret", secret)]
    case .secretFile(let path):
      return [("client_secret", try CredentialFile.firstLine(ofFileAt: path))]
    case .certificate(let certificate):
      let assertion = try await certificate.assertion(by: clientID, for: tokenURL)
      return [("client_assertion_type", Self.assertionType), ("client_assertion", assertion)]
    case .federatedTokenFile(let path):
      let assertion = try CredentialFile.firstLine(ofFileAt: path)
      return [("client_assertion_type", Self.assertionType), ("client_assertion", assertion)]
    }
  }
}
