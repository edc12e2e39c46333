import Logging
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogService

/// Tests of the exact text of every sign-in failure, and of every reason why a token is rejected.
struct SignInMessageTests {
  private static let metadata = """
    {
      "issuer": "https://issuer",
      "authorization_endpoint": "https://issuer/authorize",
      "token_endpoint": "https://issuer/token"
    }
    """
  private static let settings = EntraSettings(
    issuer: "https://issuer",
    audience: "api://reflog",
    keysURL: "https://issuer/keys",
    tenantID: nil
  )
  private let clock = ManualClock()

  /// Checks the tokens of an issuer that has no keys.
  private var accepted: EntraTokens {
    let keys = EntraKeys(
      settings: Self.settings,
      clock: clock.read,
      fetch: { _ in Array("{}".utf8) },
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    return EntraTokens(settings: Self.settings, keys: keys, clock: clock.read)
  }

  private func signIn(
    _ metadata: String = SignInMessageTests.metadata,
    status: Int = 200,
    body: String = ""
  ) -> EntraSignIn {
    EntraSignIn(
      EntraSignIn.Settings(
        clientID: "reflog",
        clientSecret: "secret",
        redirectURL: "https://reflog.example" + EntraSignIn.Settings.returnPath
      ),
      at: Self.settings,
      tokens: accepted,
      clock: clock.read,
      fetch: { _ in Array(metadata.utf8) },
      post: { _, _ in (status: status, body: Array(body.utf8)) }
    )
  }

  private func text(_ failure: EntraSignIn.Failure?) -> String {
    switch failure {
    case .unknownState?: "unknownState"
    case .refused(let text)?: "refused: \(text)"
    case .declined(let code)?: "declined: \(code)"
    case .misconfigured(let code)?: "misconfigured: \(code)"
    case .unavailable(let text)?: "unavailable: \(text)"
    case nil: "no failure"
    }
  }

  private static func encoded(_ text: String) -> String {
    Array(text.utf8).base64URL
  }

  private static func answer(_ header: String, _ claims: String, _ failure: String) -> Answer {
    let token = "\(encoded(header)).\(encoded(claims)).eA"
    return Answer(status: 200, body: #"{"access_token":"x","id_token":"\#(token)"}"#, failure: failure)
  }

  /// An answer from the token endpoint, and the expected text of the failure that the answer causes.
  struct Answer: Sendable {
    let status: Int
    let body: String
    let failure: String
  }

  static let answers = [
    Answer(
      status: 400,
      body: #"{"error":"invalid_grant"}"#,
      failure: "refused: the sign-in took too long, or its code was used before; try again"
    ),
    Answer(status: 401, body: #"{"error":"invalid_client"}"#, failure: "misconfigured: invalid_client"),
    Answer(
      status: 200,
      body: "[]",
      failure: "unavailable: The answer of https://issuer/token is not a JSON object."
    ),
    Answer(status: 200, body: "{}", failure: "unavailable: https://issuer/token returned no tokens."),
    Answer(status: 500, body: "", failure: "unavailable: https://issuer/token answered with status 500."),
    Answer(
      status: 200,
      body: #"{"access_token":"x","id_token":"x"}"#,
      failure: "refused: its ID token can't be used, because it is not a signed token"
    ),
    answer(
      #"{"alg":"none"}"#,
      "{}",
      "refused: its ID token can't be used, because its algorithm is not RS256"
    ),
    answer(
      header,
      #"{"iss":"https://other","aud":"reflog"}"#,
      "refused: its ID token can't be used, because it is from another issuer"
    ),
    answer(
      header,
      #"{"iss":"https://issuer","aud":"api://reflog"}"#,
      "refused: its ID token can't be used, because it is for another audience"
    ),
    answer(
      header,
      #"{"iss":"https://issuer","aud":"reflog","exp":1}"#,
      "refused: its ID token can't be used, because it has expired"
    ),
    answer(
      header,
      #"{"iss":"https://issuer","aud":"reflog","exp":4000000000}"#,
      "unavailable: The issuer's keys can't be read, so the ID token can't be checked."
    ),
  ]

  @Test(arguments: answers)
  func everyAnswerToACodeHasItsText(answer: Answer) async throws {
    let signIn = signIn(status: answer.status, body: answer.body)
    let (url, sealed) = try await signIn.begin(target: "/", replacing: nil)
    let match = url.firstMatch(of: /&state=([0-9a-f]+)/)
    let state = String(try #require(match?.1))
    let attempt = try signIn.attempt(state: state, sealed: sealed)

    let failure = await #expect(throws: EntraSignIn.Failure.self) { _ = try await signIn.end(attempt, code: "code") }

    #expect(text(failure) == answer.failure)
  }

  @Test(arguments: [
    (
      #"{"issuer":"https://other"}"#,
      "unavailable: https://issuer/.well-known/openid-configuration belongs to another issuer."
    ),
    (
      #"{"issuer":"https://issuer"}"#,
      "unavailable: https://issuer/.well-known/openid-configuration has no usable authorization_endpoint."
    ),
  ])
  func everyProblemOfTheMetadataHasItsText(metadata: String, expected: String) async throws {
    let signIn = signIn(metadata)

    let failure = await #expect(throws: EntraSignIn.Failure.self) {
      _ = try await signIn.begin(target: "/", replacing: nil)
    }

    #expect(text(failure) == expected)
  }

  /// The header and the claims of a token, and the expected text of the reason why the token is rejected.
  struct RejectedToken: Sendable {
    let header: String
    let claims: String
    let reason: String

    init(_ header: String, _ claims: String, _ reason: String) {
      self.header = header
      self.claims = claims
      self.reason = reason
    }
  }

  private static let header = #"{"alg":"RS256","kid":"key"}"#

  static let tokens = [
    RejectedToken(#"{"alg":"HS256"}"#, "{}", "its algorithm is not RS256"),
    RejectedToken(#"{"alg":"RS256","jku":"x"}"#, "{}", "its header contains jku"),
    RejectedToken(#"{"alg":"RS256"}"#, "{}", "it has no key id"),
    RejectedToken(header, "{}", "it is from another issuer"),
    RejectedToken(header, #"{"iss":"https://issuer","aud":"x"}"#, "it is for another audience"),
    RejectedToken(header, #"{"iss":"https://issuer","aud":"api://reflog"}"#, "it has no expiry"),
    RejectedToken(header, #"{"iss":"https://issuer","aud":"api://reflog","exp":1}"#, "it has expired"),
    RejectedToken(
      header,
      #"{"iss":"https://issuer","aud":"api://reflog","exp":4000000000,"nbf":4000000000}"#,
      "it is not valid yet"
    ),
  ]

  @Test(arguments: tokens)
  func everyRejectionOfATokenHasItsText(token: RejectedToken) async {
    let rejection = await #expect(throws: TokenRejection.self) {
      _ = try await accepted.claims(of: "\(Self.encoded(token.header)).\(Self.encoded(token.claims)).eA")
    }

    #expect(rejection?.description == token.reason)
  }
}
