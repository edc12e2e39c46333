/// The credential with which Reflog authenticates to the login service of a cloud.
package struct GraphCredential: Sendable {
  /// The tenant's GUID.
  package let tenantID: String
  /// The client id of Reflog's app registration.
  package let clientID: String
  let proof: Proof

  /// The proof that a token request is from Reflog's application: a secret or a signed text.
  package enum Proof: Sendable {
    /// A client secret.
    case secret(String)
    /// A file whose first line is the secret.
    ///
    /// The file is read again for every token, so you can change the secret while Reflog runs.
    case secretFile(path: String)
    /// A certificate and its private key, from a PEM file.
    case certificate(GraphCertificate)
    /// A file that contains a token from another identity provider (workload identity federation).
    ///
    /// The file is read again for every token request.
    case federatedTokenFile(path: String)
  }

  /// Creates a credential.
  package init(tenantID: String, clientID: String, proof: Proof) {
    self.tenantID = tenantID
    self.clientID = clientID
    self.proof = proof
  }

  /// Checks that the credential's file can be read now; does nothing if the credential has no file.
  ///
  /// - Throws: A ``CredentialError`` if the file can't be read.
  package func requireReadable() throws(CredentialError) {
    switch proof {
    case .secret, .certificate: break
    case .secretFile(let path), .federatedTokenFile(let path): _ = try CredentialFile.firstLine(ofFileAt: path)
    }
  }

  /// The type of a client assertion (RFC 7523 §2.2).
  private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  /// Returns the form fields that authenticate Reflog in a token request.
  ///
  /// - Parameter tokenURL: The URL of the token request. A client assertion contains this URL as its audience.
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
