import NIOHTTP1
import ReflogModel

/// Caches Reflog's own access token, and renews the token before the token expires.
///
/// The token is fetched with the client credentials flow of the Microsoft identity platform:
/// `POST {login}/{tenant}/oauth2/v2.0/token`. If two requests need a new token at the same time, both requests may
/// fetch a token. That does no harm, because both tokens are valid.
actor GraphTokens {
  /// The time between the renewal of a token and the expiry of that token.
  ///
  /// With this margin, a token does not expire between the sending of a request and the check of the token by Graph.
  private static let margin = Duration.seconds(300)

  private let credential: GraphCredential
  private let loginURL: String
  private let scope: String
  private let connection: GraphConnection
  private let clock = ContinuousClock()
  private var current: (token: String, renewal: ContinuousClock.Instant)?

  init(credential: GraphCredential, loginURL: String, graphURL: String, connection: GraphConnection) {
    self.credential = credential
    self.loginURL = loginURL
    scope = graphURL + "/.default"
    self.connection = connection
  }

  /// Returns a valid token.
  ///
  /// - Parameter rejected: A token that Graph refused, or nil if Graph refused no token. The method does not return
  ///   this token again.
  func token(insteadOf rejected: String? = nil) async throws(DirectoryFailure) -> String {
    if let current, current.token != rejected, clock.now < current.renewal { return current.token }
    let (token, lifetime) = try await fetch()
    current = (token, clock.now + max(lifetime - Self.margin, lifetime / 2))
    return token
  }

  private func fetch() async throws(DirectoryFailure) -> (token: String, lifetime: Duration) {
    let tokenURL = "\(loginURL)/\(credential.tenantID)/oauth2/v2.0/token"
    let form = try await form(tokenURL: tokenURL)
    let exchange = await connection.send(
      .POST,
      tokenURL,
      headers: ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"],
      body: Array(form.utf8),
      isWrite: false
    )
    switch exchange {
    case .neverSent(let reason), .broken(let reason):
      throw .unavailable(reason: "\(loginURL) returned no token: \(reason)")
    case .answered(let response):
      guard response.httpStatus == 200, let token = response.json?["access_token"]?.string,
        case .number(let seconds) = response.json?["expires_in"], let lifetime = Int(seconds)
      else {
        // The message contains only the error code, because the error description may contain a part of the credential.
        let code = response.json?["error"]?.string?.replacingZeros ?? "without a token"
        throw .unavailable(reason: "\(loginURL) returned no token: it answered \(response.httpStatus) \(code)")
      }
      return (token, .seconds(lifetime))
    }
  }

  /// Returns the body of a token request (application/x-www-form-urlencoded).
  private func form(tokenURL: String) async throws(DirectoryFailure) -> String {
    let proof: [(name: String, value: String)]
    do {
      proof = try await credential.fields(tokenURL: tokenURL)
    } catch {
      throw .unavailable(reason: "Reflog's own credential can't be used: \(error)")
    }
    let fields = [("grant_type", "client_credentials"), ("client_id", credential.clientID), ("scope", scope)] + proof
    return fields.map { QueryItem($0, $1) }.encoded()
  }
}
