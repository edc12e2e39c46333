import Crypto
import Foundation
package import ReflogModel
import Synchronization

/// Signs people in on the pages by Entra: OpenID Connect's authorisation code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636).
///
/// What comes of it is an access token for Reflog, which is judged like one that any client sends.
package final class EntraSignIn: Sendable {
  /// Sends a form to a URL and returns the body of a 200; throws otherwise.
  package typealias Post = @Sendable (_ url: String, _ form: String) async throws -> [UInt8]

  package struct Settings: Sendable {
    /// Reflog's own app registration, and its secret.
    package let clientID: String
    package let clientSecret: String
    /// Where Entra sends browsers back to: registered there.
    package let redirectURL: String

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
    /// Entra says no, in its words.
    case refused(String)
    /// Entra can't be asked, or answers what is none.
    case unavailable(String)
  }

  /// How long somebody may take to sign in at Entra.
  package static let lifetime = Duration.seconds(600)
  /// More than anybody needs at once; the oldest is forgotten where another begins.
  private static let most = 1000

  private struct Attempt {
    let verifier: String
    let nonce: String
    let target: String
    let begun: Timestamp
  }

  private struct State {
    var attempts: [String: Attempt] = [:]
    var order: [String] = []
  }

  private let settings: Settings
  private let entra: EntraSettings
  private let clock: WallClock
  private let fetch: EntraKeys.Fetch
  private let post: Post
  private let state = Mutex(State())

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

  /// Begins; returns where to send the browser, and the state that it must bring back.
  ///
  /// - Parameter target: where it goes on afterwards.
  package func begin(target: String) async throws(Failure) -> (url: String, state: String) {
    let endpoint = try await endpoint("authorization_endpoint")
    let (id, attempt) = (
      Random.token(), Attempt(verifier: Random.token(), nonce: Random.token(), target: target, begun: clock())
    )
    state.withLock { state in
      if state.order.count >= Self.most { state.attempts[state.order.removeFirst()] = nil }
      state.attempts[id] = attempt
      state.order.append(id)
    }
    let query = [
      ("client_id", settings.clientID), ("response_type", "code"), ("response_mode", "query"),
      ("redirect_uri", settings.redirectURL), ("scope", "openid profile \(entra.audience)/.default"), ("state", id),
      ("nonce", attempt.nonce), ("code_challenge", Self.challenge(attempt.verifier)),
      ("code_challenge_method", "S256"),
    ]
    return (endpoint + (endpoint.contains("?") ? "&" : "?") + Self.form(query), id)
  }

  /// Ends what ``begin(target:)`` began; returns the access token that Entra gives for the code, and where to go on. Each state
  /// counts once.
  package func end(state id: String, code: String) async throws(Failure) -> (token: String, target: String) {
    let attempt = state.withLock { state in
      state.order.removeAll { $0 == id }
      return state.attempts.removeValue(forKey: id)
    }
    guard let attempt, clock().since(attempt.begun) < Self.lifetime else { throw .unknownState }
    let form = [
      ("client_id", settings.clientID), ("client_secret", settings.clientSecret), ("grant_type", "authorization_code"),
      ("code", code), ("redirect_uri", settings.redirectURL), ("code_verifier", attempt.verifier),
    ]
    let endpoint = try await endpoint("token_endpoint")
    let answer: JSONObject?
    do { answer = try JSONValue(parsing: try await post(endpoint, Self.form(form))).object } catch {
      throw .unavailable("\(error)")
    }
    guard let token = answer?["access_token"]?.string,
      let identity = answer?["id_token"]?.string.flatMap(SignedToken.init)
    else { throw .unavailable("\(endpoint) gave no tokens.") }
    // It came from the issuer itself over TLS, which stands for its signature (OpenID Connect Core 1.0 §3.1.3.7).
    guard identity.claims["nonce"]?.string == attempt.nonce, identity.claims["aud"]?.string == settings.clientID else {
      throw .refused("its answer belongs to another sign-in")
    }
    return (token, attempt.target)
  }

  private func endpoint(_ name: String) async throws(Failure) -> String {
    let url = entra.discoveryURL
    let document: JSONObject?
    do { document = try JSONValue(parsing: try await fetch(url)).object } catch { throw .unavailable("\(error)") }
    guard document?["issuer"]?.string == entra.issuer, let endpoint = document?[name]?.string,
      EntraSettings.isTrusted(endpoint)
    else { throw .unavailable("\(url) names no \(name), or speaks for another issuer.") }
    return endpoint
  }

  /// RFC 7636 §4.2.
  private static func challenge(_ verifier: String) -> String {
    Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static func form(_ fields: [(String, String)]) -> String {
    fields.map { "\($0)=\($1.percentEncoded())" }.joined(separator: "&")
  }
}
