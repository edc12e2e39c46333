import Foundation
package import ReflogModel
import Synchronization

/// Signs people in on the pages by Entra: OpenID Connect's authorisation code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636).
///
/// What comes of it is an access token for Reflog, which is judged like one that any client sends. What was begun is remembered by the
/// browser alone, sealed: nobody can crowd out what others began.
package final class EntraSignIn: Sendable {
  /// Sends a form to a URL and returns the status and the body of what it answers; throws where it does not.
  package typealias Post = @Sendable (_ url: String, _ form: String) async throws -> (status: Int, body: [UInt8])

  package struct Settings: Sendable {
    /// Reflog's own app registration, and its secret.
    package let clientID: String
    package let clientSecret: String
    /// Where Entra sends browsers back to: registered there.
    package let redirectURL: String

    /// Its path.
    package static let returnPath = "/sign-in/entra/return"

    package init(clientID: String, clientSecret: String, redirectURL: String) {
      self.clientID = clientID
      self.clientSecret = clientSecret
      self.redirectURL = redirectURL
    }
  }

  /// Why nobody was signed in.
  package enum Failure: Error {
    /// The answer belongs to nothing that this browser began within ``lifetime``.
    case unknownState
    /// Nobody came of it, for this reason.
    case refused(String)
    /// Entra says no; the code of OpenID Connect Core 1.0 §3.1.2.6, as whoever sent the browser here wrote it.
    case declined(String)
    /// Entra does not take Reflog's own credential, or its registration; the code of RFC 6749 §5.2.
    case misconfigured(String)
    /// Entra can't be asked, or answers what is none.
    case unavailable(String)
  }

  /// What ``begin(target:replacing:)`` began, brought back by the browser in which it did.
  package struct Callback: Sendable {
    /// Where to go on afterwards.
    package let target: String
    /// The session that another replaces.
    package let session: String?
    fileprivate let verifier: String
    fileprivate let nonce: String
  }

  /// How long somebody may take to sign in at Entra.
  package static let lifetime = Duration.seconds(600)
  /// How long what Entra publishes of itself is believed.
  private static let memory = Duration.seconds(600)

  private struct Discovery {
    let document: JSONObject
    let read: Timestamp
  }

  private let settings: Settings
  private let entra: EntraSettings
  private let clock: WallClock
  private let fetch: EntraKeys.Fetch
  private let post: Post
  private let seal = SignInSeal()
  private let discovery = Mutex<Discovery?>(nil)

  package init(
    _ settings: Settings,
    at entra: EntraSettings,
    clock: @escaping WallClock,
    fetch: @escaping EntraKeys.Fetch,
    post: @escaping Post
  ) {
    self.settings = settings
    self.entra = entra
    self.clock = clock
    self.fetch = fetch
    self.post = post
  }

  /// Begins; returns where to send the browser, and what the browser must bring back beside what Entra sends with it.
  ///
  /// - Parameters:
  ///   - target: where it goes on afterwards.
  ///   - session: the session that the browser has, which ends where another begins.
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
    guard let sealed = seal.close(attempt) else { throw .unavailable("the attempt can't be sealed") }
    return (endpoint + (endpoint.contains("?") ? "&" : "?") + Self.form(query), sealed)
  }

  /// What a browser comes back with, whatever it is that Entra says. Throws `unknownState` where it did not begin here, in this browser
  /// and lately.
  ///
  /// - Parameters:
  ///   - state: what Entra sends with it.
  ///   - sealed: what the browser was given to bring back.
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

  /// Ends an attempt; returns the access token that Entra gives for the code. Entra takes each code once.
  package func end(_ attempt: Callback, code: String) async throws(Failure) -> String {
    let form = [
      ("client_id", settings.clientID), ("client_secret", settings.clientSecret), ("grant_type", "authorization_code"),
      ("code", code), ("redirect_uri", settings.redirectURL), ("code_verifier", attempt.verifier),
    ]
    let endpoint = try await endpoint("token_endpoint")
    let answer = try await redeem(form, at: endpoint)
    guard let token = answer["access_token"]?.string,
      let identity = answer["id_token"]?.string.flatMap(SignedToken.init)
    else { throw .unavailable("\(endpoint) gave no tokens.") }
    // It came from the issuer itself over TLS, which stands for its signature (OpenID Connect Core 1.0 §3.1.3.7).
    guard identity.claims["nonce"]?.string == attempt.nonce, identity.claims["aud"]?.string == settings.clientID else {
      throw .refused("its answer belongs to another sign-in")
    }
    return token
  }

  /// What the token endpoint gives for a code.
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
      throw .unavailable("\(endpoint) answered what is no JSON object.")
    case (400, "invalid_grant"): throw .refused("it took too long, or the code was used before; try again")
    case (400...401, .some(let error)): throw .misconfigured(error)
    default: throw .unavailable("\(endpoint) answered with status \(status).")
    }
  }

  private func endpoint(_ name: String) async throws(Failure) -> String {
    guard let endpoint = try await document()[name]?.string, EntraSettings.isTrusted(endpoint) else {
      throw .unavailable("\(entra.discoveryURL) names no \(name).")
    }
    return endpoint
  }

  /// What Entra publishes of itself (OpenID Connect Discovery 1.0 §4).
  private func document() async throws(Failure) -> JSONObject {
    let now = clock()
    if let known = discovery.withLock({ $0 }), now.since(known.read) < Self.memory { return known.document }
    let document: JSONObject?
    do { document = try JSONValue(parsing: try await fetch(entra.discoveryURL)).object } catch {
      throw .unavailable("\(error)")
    }
    guard let document, document["issuer"]?.string == entra.issuer else {
      throw .unavailable("\(entra.discoveryURL) speaks for another issuer.")
    }
    discovery.withLock { $0 = Discovery(document: document, read: now) }
    return document
  }

  /// RFC 7636 §4.2.
  private static func challenge(_ verifier: String) -> String {
    Hash(of: Array(verifier.utf8)).bytes.base64URL
  }

  private static func form(_ fields: [(String, String)]) -> String {
    fields.map { QueryItem($0, $1) }.encoded()
  }
}
