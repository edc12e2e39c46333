import ReflogModel
import Testing

/// Tests that Reflog hides secrets if the directory's refusal of a write contains these secrets.
struct SecretsTests {
  private let body: JSONObject = [
    "displayName": "Fraud check",
    "targetUrl": "https://user:canary-user@api.contoso.example/check?code=canary-query#canary-fragment",
    "authenticationConfiguration": .object([
      "@odata.type": "#microsoft.graph.basicAuthentication", "username": "svc", "password": #"canary "quoted""#,
    ]),
  ]

  @Test func secretsAreHiddenAndTheRestOfTheMessageIsUnchanged() throws {
    let write = DirectoryWrite.createConnector(body)
    let quoted =
      "Fraud check of svc is wrong: " + JSONValue.object(body).text
      + #" canary "quoted", ?code=canary-query, canary-user"#
    let refusal = DirectoryRefusal(httpStatus: 400, code: "x", message: quoted)

    guard case .refused(let hidden) = DirectoryAnswer.refused(refusal).hiding(write.secrets) else {
      Issue.record("the answer is not a refusal")
      return
    }

    #expect(!hidden.message.contains("canary"))
    #expect(!hidden.message.contains("user:"))
    #expect(hidden.message.hasPrefix("Fraud check of svc is wrong: "))
  }

  @Test func aRefusalKeepsEverythingExceptTheSecrets() {
    let refusal = DirectoryRefusal(
      httpStatus: 403,
      code: "status403",
      hasCode: false,
      message: "canary",
      retryAfter: "1",
      wwwAuthenticate: "Bearer",
      requestID: "id",
      isOfOwnCredential: true
    )

    guard case .refused(let hidden) = DirectoryAnswer.refused(refusal).hiding(["canary"]) else {
      Issue.record("the answer is not a refusal")
      return
    }

    #expect(hidden.message == "…")
    #expect(!hidden.hasCode)
    #expect(hidden.retryAfter == "1")
    #expect(hidden.wwwAuthenticate == "Bearer")
    #expect(hidden.requestID == "id")
    #expect(hidden.isOfOwnCredential)
  }
}
