import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks an OpenID provider: for what it publishes of itself, and for tokens.
enum EntraDocuments {
  /// More than any provider's keys.
  private static let limit = 1 << 20
  private static let timeout = TimeAmount.seconds(5)

  static func fetch(_ url: String) async throws -> [UInt8] {
    let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: timeout)
    // Keys come from where they were asked for: what a redirect led to does not count.
    guard response.status == .ok, response.history.count <= 1 else {
      throw FetchError(url: url, status: Int(response.status.code))
    }
    return Array(try await response.body.collect(upTo: limit).readableBytesView)
  }

  /// Sends a form, with a secret in it, to where it was to go and nowhere else.
  static func post(_ url: String, _ form: String) async throws -> (status: Int, body: [UInt8]) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: form))
    let response = try await HTTPClient.shared.execute(request, timeout: timeout)
    guard response.history.count <= 1 else { throw FetchError(url: url, status: Int(response.status.code)) }
    return (Int(response.status.code), Array(try await response.body.collect(upTo: limit).readableBytesView))
  }

  private struct FetchError: Error, CustomStringConvertible {
    let url: String
    let status: Int
    var description: String { "\(url) answered with status \(status)." }
  }
}
