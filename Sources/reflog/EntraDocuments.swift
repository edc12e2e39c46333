import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Requests to an OpenID provider: for its published documents, and for tokens.
enum EntraDocuments {
  /// The maximum size of an answer in bytes; the keys of a provider are much smaller.
  private static let limit = 1 << 20
  private static let timeout = TimeAmount.seconds(5)

  /// Returns the document at a URL.
  static func fetch(_ url: String) async throws -> [UInt8] {
    let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: timeout)
    // An answer after a redirect is refused, because the document must come from the given URL.
    guard response.status == .ok, response.history.count <= 1 else {
      throw FetchError(url: url, status: Int(response.status.code))
    }
    return Array(try await response.body.collect(upTo: limit).readableBytesView)
  }

  /// Sends a form that contains a secret, and returns the status and the body of the answer.
  ///
  /// A redirect throws an error, because the secret must reach only the given URL.
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
