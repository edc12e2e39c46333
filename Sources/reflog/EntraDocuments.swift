import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Requests tokens from an OpenID provider, and the documents that the provider publishes.
///
/// Redirects are not followed, because a document must come from the given URL, and a secret must be sent only to the
/// given URL.
struct EntraDocuments {
  /// The maximum size, in bytes, of an answer.
  ///
  /// The document with the keys of a provider is much smaller.
  private static let limit = 1 << 20
  private static let timeout = TimeAmount.seconds(5)

  private let http = HTTPClient(configuration: .init(redirectConfiguration: .disallow))

  /// Returns the document at a URL.
  func fetch(_ url: String) async throws -> [UInt8] {
    let (status, body) = try await answer(HTTPClientRequest(url: url))
    guard status == 200 else { throw FetchError(url: url, status: status) }
    return body
  }

  /// Sends a form that contains a secret, and returns the status and the body of the answer.
  func post(_ url: String, _ form: String) async throws -> (status: Int, body: [UInt8]) {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: form))
    return try await answer(request)
  }

  /// Closes all connections.
  ///
  /// Call this method once, after the last request.
  func shutdown() async throws {
    try await http.shutdown()
  }

  private func answer(_ request: HTTPClientRequest) async throws -> (status: Int, body: [UInt8]) {
    let response = try await http.execute(request, timeout: Self.timeout)
    return (Int(response.status.code), Array(try await response.body.collect(upTo: Self.limit).readableBytesView))
  }

  private struct FetchError: Error, CustomStringConvertible {
    let url: String
    let status: Int
    var description: String {
      let redirect = (300..<400).contains(status) ? " Reflog does not follow a redirect." : ""
      return "\(url) answered with status \(status).\(redirect)"
    }
  }
}
