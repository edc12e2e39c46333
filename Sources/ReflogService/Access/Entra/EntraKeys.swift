import JWTKit
package import Logging
package import ReflogModel

/// A cache of the issuer's public keys.
///
/// The cache fetches the keys again when it is possible that the issuer has changed the keys.
package actor EntraKeys {
  /// Fetches a document of a few kilobytes from a URL.
  package typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

  /// The age of the cached keys at which the keys are fetched again.
  ///
  /// Entra may replace its keys within days, so Microsoft recommends fetching the keys every day.
  private static let freshness = Duration.seconds(86_400)
  /// The maximum age of the cached keys.
  ///
  /// If the issuer can't be reached, the cached keys are used up to this age.
  private static let maximumAge = Duration.seconds(3 * 86_400)
  /// The minimum time between two fetches, if the reason for the second fetch is an unknown key id.
  private static let unknownKeyInterval = Duration.seconds(60)
  /// The minimum time between a failed fetch and the next fetch.
  private static let retryInterval = Duration.seconds(5)

  private let settings: EntraSettings
  private let clock: WallClock
  private let fetch: Fetch
  private let logger: Logger
  private var keys: [String: JWTKeyCollection] = [:]
  private var fetched: Timestamp?
  private var attempted: Timestamp?
  private var hasFailed = false
  private var fetching: [CheckedContinuation<Void, Never>]?

  /// Creates an empty cache.
  package init(
    settings: EntraSettings,
    clock: @escaping WallClock,
    fetch: @escaping Fetch,
    logger: Logger
  ) {
    self.settings = settings
    self.clock = clock
    self.fetch = fetch
    self.logger = logger
  }

  /// Returns the issuer's key with this id, or nil if the issuer has no key with this id.
  ///
  /// - Throws: ``Unavailable`` if the issuer can't be reached and the cached keys are too old.
  func key(_ id: String) async throws(Unavailable) -> JWTKeyCollection? {
    let isStale = age(of: fetched).map { $0 > Self.freshness } ?? true
    if isStale || keys[id] == nil { await refresh() }
    guard let age = age(of: fetched), age <= Self.maximumAge else { throw Unavailable() }
    return keys[id]
  }

  /// The issuer's keys are not available.
  struct Unavailable: Error {}

  /// Returns the time that has passed since a moment, or nil if the moment is nil.
  ///
  /// A moment in the future means that the clock was set back. In this case, the result is a very long time, and the
  /// keys are fetched again.
  private func age(of moment: Timestamp?) -> Duration? {
    moment.map {
      let age = clock().since($0); return age < .zero ? .seconds(Int64.max / 4) : age
    }
  }

  /// Fetches the keys, except if the last fetch was only a short time ago.
  ///
  /// If another call is already fetching the keys, this call only waits until that fetch ends.
  private func refresh() async {
    if fetching != nil {
      await withCheckedContinuation { fetching?.append($0) }
      return
    }
    let now = clock()
    if let age = age(of: attempted), age < (hasFailed ? Self.retryInterval : Self.unknownKeyInterval) { return }
    attempted = now
    fetching = []
    do {
      keys = try await load()
      fetched = now
      hasFailed = false
    } catch {
      hasFailed = true
      logger.error(
        "the issuer's keys could not be fetched",
        metadata: ["issuer": "\(settings.issuer)", "error": "\(error)"]
      )
    }
    let waiting = fetching ?? []
    fetching = nil
    for continuation in waiting { continuation.resume() }
  }

  private func load() async throws -> [String: JWTKeyCollection] {
    let url = if let keysURL = settings.keysURL { keysURL } else { try await discoveredURL() }
    let document = try JSONValue(parsing: try await fetch(url)).object
    var loaded: [String: JWTKeyCollection] = [:]
    for value in document?["keys"]?.array ?? [] {
      guard let object = value.object, object["kty"] == "RSA", object["use"] == nil || object["use"] == "sig",
        let id = object["kid"]?.string, let modulus = object["n"]?.string, let exponent = object["e"]?.string
      else { continue }
      // A key that can't be used is skipped, so that the usable keys still work.
      guard let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent) else { continue }
      loaded[id] = await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256)
    }
    guard !loaded.isEmpty else { throw KeysError.none(url) }
    return loaded
  }

  private func discoveredURL() async throws -> String {
    let url = settings.discoveryURL
    let document = try JSONValue(parsing: try await fetch(url)).object
    guard document?["issuer"]?.string == settings.issuer, let keysURL = document?["jwks_uri"]?.string else {
      throw KeysError.anotherIssuer(url)
    }
    guard SecretDestination.accepts(keysURL) else { throw KeysError.insecure(keysURL) }
    return keysURL
  }

  private enum KeysError: Error, CustomStringConvertible {
    case none(String)
    case anotherIssuer(String)
    case insecure(String)

    var description: String {
      switch self {
      case .none(let url): "\(url) has no usable RSA key."
      case .anotherIssuer(let url): "\(url) belongs to another issuer, or has no jwks_uri."
      case .insecure(let url): "The keys are at \(url). They must be at an https URL."
      }
    }
  }
}
