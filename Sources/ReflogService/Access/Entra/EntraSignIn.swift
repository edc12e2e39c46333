import Foundation
package import ReflogModel
import Synchronization

/// Signs people in to the web pages with Entra.
///
/// The sign-in uses OpenID Connect's authorization code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636). The
/// result is an access token for Reflog. That token is checked in the same way as a token that a client sends. While a
/// sign-in is in progress, only the browser stores the state of the sign-in, in encrypted form. So the server needs no
/// memory for sign-ins in progress.
package final class EntraSignIn: Sendable {
  /// Sends a form to a URL and returns the status and the body of the answer.
  ///
  /// Throws if there is no answer.
  package typealias Post = @Sendable (_ url: String, _ form: String) async throws -> (status: Int, body: [UInt8])

  /// Reflog's registration at Entra.
  package struct Settings: Sendable {
    /// The client id of Reflog's app registration.
    package let clientID: String
    /// The client secret of Reflog's app registration.
    package let clientSecret: String
    /// The URL to which Entra redirects the browser after the sign-in.
    ///
    /// This URL must be registered at Entra.
    package let redirectURL: String

    /// The path of ``redirectURL``.
    package static let returnPath = "/sign-in/entra/return"

    /// Creates settings.
    package init(clientID: String, clientSecret: String, redirectURL: String) {
      self.clientID = clientID
      self.clientSecret = clientSecret
      self.redirectURL = redirectURL
    }
  }

  /// The reason why a sign-in failed.
  package enum Failure: Error {
    /// Another browser began the sign-in, or the sign-in took longer than ``lifetime``.
    case unknownState
    /// The sign-in was refused, for example because the account has no role.
    ///
    /// The text is the reason, written as a clause, so that a message can contain the text.
    case refused(String)
    /// Entra declined the sign-in.
    ///
    /// The text is the error code (OpenID Connect Core 1.0 §3.1.2.6), in the form in which the browser sent it.
    case declined(String)
    /// Entra rejected Reflog's credential or registration.
    ///
    /// The text is the error code (RFC 6749 §5.2).
    case misconfigured(String)
    /// Entra can't be reached, or its answer can't be used.
    ///
    /// The text describes the problem for the service's log.
    case unavailable(String)
  }

  /// A sign-in that the browser continues after Entra's answer.
  ///
  /// The method ``begin(target:replacing:)`` began the sign-in.
  package struct Callback: Sendable {
    /// The path to open after the sign-in.
    package let target: String
    /// The session that the new session replaces, or nil if the browser had no session.
    package let session: String?
    fileprivate let verifier: String
    fileprivate let nonce: String
  }

  /// The maximum time between the beginning of a sign-in and Entra's answer.
  package static let lifetime = Duration.seconds(600)
  /// The age at which Entra's published metadata is fetched again.
  private static let memory = Duration.seconds(600)

  private struct Discovery {
    let document: JSONObject
    let read: Timestamp
  }

  private let settings: Settings
  private let entra: EntraSettings
  private let tokens: EntraTokens
  private let clock: WallClock
  private let fetch: EntraKeys.Fetch
  private let post: Post
  private let seal = SignInSeal()
  private let discovery = Mutex<Discovery?>(nil)

  /// Creates the sign-in.
  ///
  /// - Parameters:
  ///   - settings: Reflog's registration at Entra.
  ///   - entra: The issuer and the audience of the tokens.
  ///   - tokens: Checks the ID token of each sign-in.
  ///   - clock: Returns the current time.
  ///   - fetch: Fetches the issuer's metadata.
  ///   - post: Sends the code and the client secret to the token endpoint.
  package init(
    _ settings: Settings,
    at entra: EntraSettings,
    tokens: EntraTokens,
    clock: @escaping WallClock,
    fetch: @escaping EntraKeys.Fetch,
    post: @escaping Post
  ) {
    self.settings = settings
    self.entra = entra
    self.tokens = tokens
    self.clock = clock
    self.fetch = fetch
    self.post = post
  }

  /// Begins a sign-in, and returns the URL of Entra's sign-in page and the encrypted state.
  ///
  /// Redirect the browser to the URL. The browser stores the encrypted state, and must send the state back after
  /// Entra's answer.
  ///
  /// - Parameters:
  ///   - target: The path to open after the sign-in.
  ///   - session: The browser's session, or nil if the browser has no session. This session ends when the new session
  ///     begins.
  package func begin(
    target: String,
    replacing session: String?
  ) async throws(Failure) -> (url: String, sealed: String) {
    let endpoint = try await endpoint("authorization_endpoint")
    let attempt = SignInSeal.Contents(
      state: Random.token(),
      verifier: Random.token(),
      nonce: Random.token(),
      target: target,
      session: session,
      begun: clock()
    )
    let query = [
      ("client_id", settings.clientID), ("response_type", "code"), ("response_mode", "query"),
      ("redirect_uri", settings.redirectURL), ("scope", "openid profile \(entra.audience)/.default"),
      ("state", attempt.state),
      ("nonce", attempt.nonce), ("code_challenge", Self.challenge(attempt.verifier)),
      ("code_challenge_method", "S256"),
    ]
    guard let sealed = seal.close(attempt) else { throw .unavailable("The sign-in can't be encrypted.") }
    return (endpoint + (endpoint.contains("?") ? "&" : "?") + Self.form(query), sealed)
  }

  /// Returns the sign-in that a browser continues after Entra's answer.
  ///
  /// Call this method for every answer, even for an answer that declines the sign-in.
  ///
  /// - Parameters:
  ///   - state: The state that Entra returned.
  ///   - sealed: The encrypted state that the browser received at the beginning of the sign-in.
  /// - Throws: `unknownState` in three cases: the sign-in began on another server, the sign-in began in another
  ///   browser, or the sign-in began longer than ``lifetime`` ago.
  package func attempt(state: String, sealed: String) throws(Failure) -> Callback {
    guard let attempt = seal.open(sealed), attempt.state == state, clock().since(attempt.begun) < Self.lifetime else {
      throw .unknownState
    }
    return Callback(
      target: attempt.target,
      session: attempt.session,
      verifier: attempt.verifier,
      nonce: attempt.nonce
    )
  }

  /// Completes a sign-in: exchanges the code from Entra for an access token, and returns the token.
  ///
  /// Entra accepts each code only once.
  package func end(_ attempt: Callback, code: String) async throws(Failure) -> String {
    let form = [
      ("client_id", settings.clientID), ("client_secret", settings.clientSecret), ("grant_type", "authorization_code"),
      ("code", code), ("redirect_uri", settings.redirectURL), ("code_verifier", attempt.verifier),
    ]
    let endpoint = try await endpoint("token_endpoint")
    let answer = try await redeem(form, at: endpoint)
    guard let token = answer["access_token"]?.string, let identity = answer["id_token"]?.string else {
      throw .unavailable("\(endpoint) returned no tokens.")
    }
    do {
      try await tokens.checkIdentity(identity, for: settings.clientID, nonce: attempt.nonce)
    } catch let rejection as TokenRejection {
      throw .refused("its ID token can't be used, because \(rejection)")
    } catch {
      throw .unavailable("The issuer's keys can't be read, so the ID token can't be checked.")
    }
    return token
  }

  /// Sends a code to the token endpoint, and returns the endpoint's answer.
  private func redeem(_ form: [(String, String)], at endpoint: String) async throws(Failure) -> JSONObject {
    let (status, answer): (Int, JSONObject?)
    do {
      let (code, body) = try await post(endpoint, Self.form(form))
      (status, answer) = (code, try? JSONValue(parsing: body).object)
    } catch {
      throw .unavailable("\(error)")
    }
    switch (status, answer?["error"]?.string) {
    case (200, _):
      if let answer { return answer }
      throw .unavailable("The answer of \(endpoint) is not a JSON object.")
    case (400, "invalid_grant"): throw .refused("the sign-in took too long, or its code was used before; try again")
    case (400...401, .some(let error)): throw .misconfigured(error)
    default: throw .unavailable("\(endpoint) answered with status \(status).")
    }
  }

  private func endpoint(_ name: String) async throws(Failure) -> String {
    guard let endpoint = try await document()[name]?.string, SecretDestination.accepts(endpoint) else {
      throw .unavailable("\(entra.discoveryURL) has no usable \(name).")
    }
    return endpoint
  }

  /// Returns Entra's published metadata (OpenID Connect Discovery 1.0 §4).
  private func document() async throws(Failure) -> JSONObject {
    let now = clock()
    if let known = discovery.withLock({ $0 }), now.since(known.read) < Self.memory { return known.document }
    let document: JSONObject?
    do { document = try JSONValue(parsing: try await fetch(entra.discoveryURL)).object } catch {
      throw .unavailable("\(error)")
    }
    guard let document, document["issuer"]?.string == entra.issuer else {
      throw .unavailable("\(entra.discoveryURL) belongs to another issuer.")
    }
    discovery.withLock { $0 = Discovery(document: document, read: now) }
    return document
  }

  /// Returns the code challenge for a verifier (RFC 7636 §4.2).
  private static func challenge(_ verifier: String) -> String {
    Hash(of: Array(verifier.utf8)).bytes.base64URL
  }

  private static func form(_ fields: [(String, String)]) -> String {
    fields.map { QueryItem($0, $1) }.encoded()
  }
}
