import Foundation
import Logging
import ReflogModel
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogService

/// Tests of the cache of the issuer's keys.
struct EntraKeysTests {
  /// An issuer whose keys differ only in their ids.
  private final class Issuer: Sendable {
    struct State {
      var keys = ["first"]
      var isDown = false
      var fetches = 0
    }

    let state = Mutex(State())

    /// The modulus of every key, an odd number with 2048 bits.
    ///
    /// Any odd number is sufficient as a modulus, because every token in these tests has a wrong signature.
    private static let modulus = String(repeating: "v", count: 341) + "w"

    @Sendable func fetch(_ url: String) throws -> [UInt8] {
      let state = state.withLock { state in
        state.fetches += 1
        return state
      }
      if state.isDown { throw URLError(.cannotConnectToHost) }
      let keys = state.keys.map { #"{"kty":"RSA","kid":"\#($0)","n":"\#(Self.modulus)","e":"AQAB"}"# }
      let broken = #"{"kty":"RSA","kid":"broken","n":"!","e":"AQAB"}"#
      return Array(#"{"keys":[\#((keys + [broken]).joined(separator: ","))]}"#.utf8)
    }
  }

  private let clock = ManualClock()
  private let issuer = Issuer()

  private func tokens() -> EntraTokens {
    let settings = EntraSettings(
      issuer: "https://issuer",
      audience: "me",
      keysURL: "https://issuer/keys",
      tenantID: nil
    )
    let keys = EntraKeys(
      settings: settings,
      clock: clock.read,
      fetch: issuer.fetch,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    )
    return EntraTokens(settings: settings, keys: keys, clock: clock.read)
  }

  /// Returns the error text for a token with this key id and a wrong signature, or `accepted` if there is no error.
  private func verdict(_ tokens: EntraTokens, key: String) async -> String {
    func encoded(_ text: String) -> String {
      Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    let header = encoded(#"{"alg":"RS256","kid":"\#(key)"}"#)
    let claims = encoded(#"{"iss":"https://issuer","aud":"me","exp":4000000000}"#)
    do {
      _ = try await tokens.claims(of: "\(header).\(claims).\(encoded("x"))")
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private let known = "its signature is wrong"
  private let unknown = "the issuer has no key with the token's key id"

  @Test func aNewKeyIsFetchedIfATokenContainsItsID() async {
    let tokens = tokens()
    #expect(await verdict(tokens, key: "first") == known)
    issuer.state.withLock { $0.keys = ["second"] }
    clock.advance(by: .seconds(61))

    #expect(await verdict(tokens, key: "second") == known)
    #expect(await verdict(tokens, key: "first") == unknown)
    #expect(issuer.state.withLock { $0.fetches } == 2)
  }

  @Test func keysAreUsedForALimitedTimeIfTheIssuerIsDown() async {
    let tokens = tokens()
    #expect(await verdict(tokens, key: "first") == known)
    issuer.state.withLock { $0.isDown = true }

    clock.advance(by: .seconds(2 * 86_400))
    #expect(await verdict(tokens, key: "first") == known)
    clock.advance(by: .seconds(86_400 + 1))
    #expect(await verdict(tokens, key: "first") != known)

    issuer.state.withLock { $0.isDown = false }
    clock.advance(by: .seconds(6))
    #expect(await verdict(tokens, key: "first") == known)
  }

  @Test func manyUnknownKeysCauseOnlyOneFetchInAMinute() async {
    let tokens = tokens()
    for number in 0..<100 { #expect(await verdict(tokens, key: "unknown\(number)") == unknown) }

    #expect(issuer.state.withLock { $0.fetches } == 1)
  }
}
