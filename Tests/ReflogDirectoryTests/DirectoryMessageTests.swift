import Foundation
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogDirectory

/// Tests of the exact text of every error that an operator or a caller can see.
struct DirectoryMessageTests {
  static let credentialMessages: [(CredentialError, String)] = [
    (
      .unreadable(path: "/secret"),
      "The credential file /secret can't be read. Check that it exists and is readable for Reflog."
    ),
    (
      .encoding(path: "/secret", .utf16),
      "The credential file /secret can't be read: it is UTF-16 text; save it as UTF-8."
    ),
    (.empty(path: "/secret"), "The credential file /secret is empty. Put the secret on its first line."),
    (
      .noCertificate(path: "/reflog.pem"),
      "/reflog.pem has no certificate. Put the certificate and its private key into this file, both in PEM."
    ),
    (
      .noPrivateKey(path: "/reflog.pem", problem: "its key can't be parsed"),
      """
      /reflog.pem has no usable private key: its key can't be parsed. Use an RSA key in PEM without a password.
      """
    ),
  ]

  @Test(arguments: credentialMessages)
  func everyCredentialErrorHasItsText(error: CredentialError, text: String) {
    #expect(error.description == text)
  }

  @Test(arguments: [
    ("", "it has no block PRIVATE KEY or RSA PRIVATE KEY"),
    ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "its key can't be parsed"),
  ])
  func everyProblemOfAPrivateKeyHasItsText(key: String, problem: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.pem"
      let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
      try (certificate + key).write(toFile: path, atomically: true, encoding: .utf8)

      let error = await #expect(throws: CredentialError.self) { _ = try await GraphCertificate(pemFileAt: path) }

      #expect(error?.description == CredentialError.noPrivateKey(path: path, problem: problem).description)
    }
  }

  @Test func everyRefusedWriteHasItsText() async throws {
    let id = try #require(Sample.fraudCheck.connectorID)
    let missing = try #require(ConnectorID("missing"))
    let (flowType, flow) = (Sample.signup.flowType, Sample.signup.flow)
    let noType: JSONObject = ["authenticationConfiguration": .object([:])]
    let unknownType: JSONObject = ["authenticationConfiguration": .object(["@odata.type": "#other"])]
    let refusals: [(DirectoryWrite, String)] = [
      (.createConnector([:]), "The property 'displayName' is required."),
      (.updateConnector(id, ["displayName": ""]), "The property 'displayName' must be a non-empty string."),
      (
        .updateConnector(id, ["targetUrl": "http://api.contoso.example/"]),
        "The property 'targetUrl' must be an absolute https URL without a user name."
      ),
      (
        .updateConnector(id, noType),
        "The property 'authenticationConfiguration' must be an object with '@odata.type'."
      ),
      (
        .updateConnector(id, unknownType),
        "The type '#other' is not an authentication type of API connectors."
      ),
      (.updateConnector(id, ["other": "x"]), "The property 'other' does not exist on identityApiConnector."),
      (
        .updateConnector(missing, [:]),
        "Resource 'missing' does not exist or one of its queried reference-property objects are not present."
      ),
      (
        .updateConnector(
          id,
          ["authenticationConfiguration": .object(["@odata.type": "microsoft.graph.pkcs12Certificate"])]
        ),
        "The property 'pkcs12Value' is required."
      ),
      (
        .updateConnector(
          id,
          [
            "authenticationConfiguration": .object([
              "@odata.type": "#microsoft.graph.clientCertificateAuthentication", "certificateList": .array([]),
            ])
          ]
        ),
        "The certificates of an API connector can't be written. Upload a certificate."
      ),
      (.uploadCertificate(id, [:]), "The properties 'pkcs12Value' and 'password' are required."),
      (
        .deleteConnector(id),
        "The API connector '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01' is in use by a user flow."
      ),
      (
        .createFlow(flowType, flow, [:]),
        "A user flow with the id 'B2C_1_signup' already exists."
      ),
      (
        .updateFlow(flowType, flow, ["userFlowType": "signIn"]),
        "The property 'userFlowType' is unknown or has an invalid value."
      ),
      (.setReference(Sample.signup, .unknown), "A step can't be pointed at an unknown connector."),
      (
        .setReference(Sample.address("b2cUserFlows/B2C_1_signup/other"), .none),
        "Resource not found for the segment 'other'."
      ),
    ]
    try await withEmbeddedDirectory { directory in
      for (write, text) in refusals {
        guard case .refused(let refusal) = await directory.write(write, correlationID: "correlation") else {
          Issue.record("not refused: \(text)")
          continue
        }
        #expect(refusal.message == text)
      }
    }
  }

  @Test func everyRefusedReadHasItsText() async throws {
    let configuration = DirectoryRead.Resource.configuration(Sample.signup.flowType, Sample.signup.flow)
    let refusals: [(DirectoryRead, String)] = [
      (
        DirectoryRead(.connectors, query: [QueryItem("$search", "1")]),
        "The embedded directory does not support the query option $search here."
      ),
      (
        DirectoryRead(configuration, query: [QueryItem("$expand", "a b")]),
        "$expand must be a list of steps, separated by commas."
      ),
      (
        DirectoryRead(.other(path: "/conditionalAccess")),
        "Resource not found for the segment '/conditionalAccess'."
      ),
    ]
    try await withEmbeddedDirectory { directory in
      for (read, text) in refusals {
        let failure = await #expect(throws: DirectoryFailure.self) { _ = try await directory.read(read) }
        guard case .refused(let refusal) = failure else {
          Issue.record("not refused: \(text)")
          continue
        }
        #expect(refusal.message == text)
      }
    }
  }

  @Test func everyProblemOfTheLoginHasItsText() async throws {
    let refusal = #"{"error":"invalid_client","error_description":"secret is wrong"}"#
    let refused = try await reason([.json("401 Unauthorized", refusal)]) { try await Self.readReference($0) }
    let empty = try await reason([.json("200 OK", "{}")]) { try await Self.readReference($0) }
    let unreadable = try await reason([], .secretFile(path: "/nowhere")) { try await Self.readReference($0) }
    let none = try await reason([], nil) { try await Self.readReference($0) }

    #expect(refused == "https://peer returned no token: it answered 401 invalid_client")
    #expect(empty == "https://peer returned no token: it answered 200 without a token")
    #expect(
      unreadable == """
        Reflog's own credential can't be used: The credential file /nowhere can't be read. Check that it exists and \
        is readable for Reflog.
        """
    )
    #expect(none == "Reflog has no credential for Microsoft Graph")
  }

  @Test func everyUnusableAnswerOfGraphHasItsText() async throws {
    let token = ScriptedPeer.Reaction.json("200 OK", #"{"access_token":"first","expires_in":3600}"#)
    let number = ScriptedPeer.Reaction.json("200 OK", #"{"postFederationSignup":7}"#)
    let broken = ScriptedPeer.Reaction.json("200 OK", "{", headers: "Content-Type: application/json\r\n")
    let id = try #require(ConnectorID("abc"))

    let reference = try await reason([token, number]) { try await Self.readReference($0) }
    let connector = try await reason([token, .json("200 OK", "{}")]) { _ = try await $0.connector(id) }
    let json = try await reason([token, broken]) { _ = try await $0.read(DirectoryRead(.connectors)) }
    let status = try await reason([token, .json("503 Later", "")]) { try await Self.readReference($0) }

    #expect(reference == "its answer is not a connector")
    #expect(connector == "Microsoft Graph returned a connector without an id")
    #expect(json == "Microsoft Graph returned JSON that can't be parsed")
    #expect(status == "Microsoft Graph answered with status 503")
  }

  @Test func theMessageAboutATooLongAnswerContainsTheLimit() {
    #expect("\(GraphRecorder.TooLong(limit: 5))" == "the answer is longer than 5 bytes")
  }

  private static func readReference(_ directory: GraphDirectory) async throws {
    _ = try await directory.reference(at: Sample.signup)
  }

  /// Returns the reason that a failed read gives if a peer answers with these reactions.
  ///
  /// The peer answers both the Graph requests and the login requests. The reason contains `https://peer` instead of the
  /// peer's URL.
  private func reason(
    _ reactions: [ScriptedPeer.Reaction],
    _ proof: GraphCredential.Proof? = .secret("secret"),
    of read: (GraphDirectory) async throws -> Void
  ) async throws -> String {
    var found = "no failure"
    try await ScriptedPeer.with(reactions) { url, _ in
      let directory = GraphDirectory(
        graphURL: url,
        loginURL: url,
        credential: proof.map { GraphCredential(tenantID: "tenant", clientID: "client", proof: $0) },
        timeout: .seconds(10),
        settleWindow: .seconds(60)
      )
      do {
        try await read(directory)
      } catch DirectoryFailure.unavailable(let text) {
        found = text.replacing(url, with: "https://peer")
      } catch {
        found = "\(error)"
      }
      try await directory.shutdown()
    }
    return found
  }
}
