import JWTKit
package import Logging
package import ReflogModel

/// Keeps the issuer's public keys at hand, and fetches them anew when they may have changed.
package actor EntraKeys {
  /// Fetches a document of a few kilobytes from a URL.
  package typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

  package struct Limits: Sendable {
    /// When keys are fetched anew: Entra rolls them over within days, and recommends a day.
    package let freshness: Duration
    /// How long they are believed while the issuer can't be reached.
    package let maximumAge: Duration
    /// The least time between two fetches because of a key that nobody knows.
    package let unknownKeyInterval: Duration
    /// The least time between two fetches where the last one failed.
    package let retryInterval: Duration

    package init(freshness: Duration, maximumAge: Duration, unknownKeyInterval: Duration, retryInterval: Duration) {
      self.freshness = freshness
      self.maximumAge = maximumAge
      self.unknownKeyInterval = unknownKeyInterval
      self.retryInterval = retryInterval
    }

    package static let standard = Limits(
      freshness: .seconds(86_400),
      maximumAge: .seconds(3 * 86_400),
      unknownKeyInterval: .seconds(60),
      retryInterval: .seconds(5)
    )
  }

  private let settings: EntraSettings
  private let limits: Limits
  private let clock: WallClock
  private let fetch: Fetch
  private let logger: Logger
  private var keys: [String: JWTKeyCollection] = [:]
  private var fetched: Timestamp?
  private var attempted: Timestamp?
  private var hasFailed = false
  private var fetching: [CheckedContinuation<Void, Never>]?

  package init(
    settings: EntraSettings,
    limits: Limits = .standard,
    clock: @escaping WallClock,
    fetch: @escaping Fetch,
    logger: Logger
  ) {
    self.settings = settings
    self.limits = limits
    self.clock = clock
    self.fetch = fetch
    self.logger = logger
  }

  /// The key by this id, or nothing if the issuer has none. Throws where the issuer can't be asked, and what was heard of it
  /// is too old to be believed.
  func key(_ id: String) async throws(Unavailable) -> JWTKeyCollection? {
    let isStale = age(of: fetched).map { $0 > limits.freshness } ?? true
    if isStale || keys[id] == nil { await refresh() }
    guard let age = age(of: fetched), age <= limits.maximumAge else { throw Unavailable() }
    return keys[id]
  }

  /// The issuer's keys are not to be had.
  struct Unavailable: Error {}

  /// How long ago it was; a clock that was set back makes nothing young.
  private func age(of moment: Timestamp?) -> Duration? {
    moment.map {
      let age = clock().since($0); return age < .zero ? .seconds(Int64.max / 4) : age
    }
  }

  /// Fetches the keys, unless that was just tried; whoever comes meanwhile waits for the same answer.
  private func refresh() async {
    if fetching != nil {
      await withCheckedContinuation { fetching?.append($0) }
      return
    }
    let now = clock()
    if let age = age(of: attempted), age < (hasFailed ? limits.retryInterval : limits.unknownKeyInterval) { return }
    attempted = now
    fetching = []
    do {
      keys = try await load()
      fetched = now
      hasFailed = false
    } catch {
      hasFailed = true
      logger.error("the keys of \(settings.issuer) can't be had", metadata: ["error": "\(error)"])
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
      // One that can't be used is no reason to do without the others.
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
    guard EntraSettings.isTrusted(keysURL) else { throw KeysError.insecure(keysURL) }
    return keysURL
  }

  private enum KeysError: Error, CustomStringConvertible {
    case none(String)
    case anotherIssuer(String)
    case insecure(String)

    var description: String {
      switch self {
      case .none(let url): "\(url) holds no RSA key."
      case .anotherIssuer(let url): "\(url) speaks for another issuer, or names no keys."
      case .insecure(let url): "The keys are at \(url), which is not https."
      }
    }
  }
}
