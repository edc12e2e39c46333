import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ReflogModel

/// Sends messages to one receiver over one connection.
///
/// The connection does not follow redirects. A redirect could send a message to this machine or to an unknown server.
actor WebhookConnection {
  /// The maximum time of an attempt, from the connection to the end of the answer. The earlier query to DNS is not
  /// included.
  ///
  /// Standard Webhooks recommends 15 to 30 seconds ("Request timeouts").
  static let timeout = TimeAmount.seconds(15)
  private static let connectTimeout = TimeAmount.seconds(5)
  /// The time for which the connection is kept open without a message.
  ///
  /// Receivers keep idle connections open for a longer time. So the receiver rarely closes a connection at the moment
  /// at which a message is sent.
  private static let idleTimeout = TimeAmount.seconds(2)

  typealias Find = @Sendable (String, Bool) async throws -> [IPAddress]
  typealias Configure = @Sendable (inout HTTPClient.Configuration) -> Void

  private let receiver: WebhookReceiver
  private let find: Find
  private let configure: Configure
  /// The time for which the addresses of the host are used before DNS is queried again.
  private let addressAge: Duration
  /// The event loop of the connection and of all requests.
  ///
  /// With two event loops, each part of an answer would wake the thread of the other event loop.
  private let eventLoop = HTTPClient.defaultEventLoopGroup.any()
  private var client: HTTPClient?
  /// The address to which the client connects.
  private var address: IPAddress?
  private var checked: ContinuousClock.Instant?
  /// The number of failed attempts since the last success.
  private var failures = 0

  /// Creates a connection.
  ///
  /// Only tests pass `find` and `configure`. Tests need these arguments, because the receiver of a test has no host
  /// name in DNS and no certificate from an authority.
  ///
  /// - Parameters:
  ///   - receiver: The receiver.
  ///   - find: Returns the addresses of a host to which a message may be sent. If the second argument is true,
  ///     addresses of this machine are allowed.
  ///   - configure: Changes the configuration of the client.
  ///   - addressAge: The time for which the addresses of the host are used before DNS is queried again.
  init(
    to receiver: WebhookReceiver,
    find: @escaping Find = { host, allowsLocal in try await WebhookAddress.find(host, allowsLocal: allowsLocal) },
    configure: @escaping Configure = { _ in },
    addressAge: Duration = .seconds(60)
  ) {
    self.receiver = receiver
    self.find = find
    self.configure = configure
    self.addressAge = addressAge
  }

  /// Sends a message once.
  ///
  /// A failure is not thrown. The result contains the failure.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - seconds: The time of the attempt in seconds since 1970.
  func send(_ message: WebhookMessage, at seconds: Int64) async -> WebhookResult {
    let result: WebhookResult
    do {
      result = try await answer(to: try request(message, at: seconds), client: try await connected())
    } catch {
      result = .failed(Self.problem(error))
    }
    failures = result == .accepted ? 0 : failures + 1
    return result
  }

  private func request(_ message: WebhookMessage, at seconds: Int64) throws -> HTTPClient.Request {
    var headers: HTTPHeaders = [
      "Content-Type": message.mediaType, "User-Agent": "Reflog", "webhook-id": message.id,
      "webhook-timestamp": String(seconds),
    ]
    if let secret = receiver.secret {
      let signature = secret.signature(id: message.id, seconds: seconds, body: message.body)
      headers.add(name: "webhook-signature", value: signature)
    }
    let body = HTTPClient.Body.byteBuffer(ByteBuffer(bytes: message.body))
    return try HTTPClient.Request(url: receiver.url, method: .POST, headers: headers, body: body)
  }

  private func answer(to request: HTTPClient.Request, client: HTTPClient) async throws -> WebhookResult {
    let answer = WebhookAnswer()
    let task = client.execute(
      request: request,
      delegate: answer,
      // `delegate` lets requests share a connection. With `delegateAndChannel`, each request would get a new
      // connection.
      eventLoop: .delegate(on: eventLoop),
      deadline: .now() + Self.timeout
    )
    do {
      return try await withTaskCancellationHandler {
        try await task.futureResult.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      // If the status has arrived, it is the result, even if the content is too long or incomplete. The error only
      // closes the connection.
      guard let result = answer.result else { throw error }
      return result
    }
  }

  /// Returns a client that connects to a checked address of the host.
  private func connected() async throws -> HTTPClient {
    let now = ContinuousClock.now
    if let client, let checked, failures == 0, now - checked < addressAge { return client }
    let addresses = try await find(receiver.host, receiver.allowsLocal)
    checked = now
    let chosen = choice(of: addresses)
    if let client, chosen == address { return client }
    await close()
    let new = makeClient(to: chosen)
    (client, address) = (new, chosen)
    return new
  }

  /// Returns the current address if the last attempt was successful. Otherwise, returns the next address of the host.
  ///
  /// The first address of the host possibly does not work. If it were used after each query to DNS, each of these
  /// attempts would fail. So the current address is preferred.
  private func choice(of addresses: [IPAddress]) -> IPAddress {
    guard let address, let index = addresses.firstIndex(of: address) else { return addresses[0] }
    return failures == 0 ? address : addresses[(index + 1) % addresses.count]
  }

  private func makeClient(to address: IPAddress) -> HTTPClient {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = Self.connectTimeout
    configuration.connectionPool.idleTimeout = Self.idleTimeout
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
    configuration.httpVersion = .http1Only
    // The client can use the spelling of the host in the URL, for example upper case. So the chosen address is set for
    // this spelling and for `receiver.host`. The client still compares the certificate with the name of the host.
    let hosts = Set([receiver.host, URL(string: receiver.url)?.host() ?? receiver.host])
    configuration.dnsOverride = Dictionary(uniqueKeysWithValues: hosts.map { ($0, address.description) })
    configure(&configuration)
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Closes the connection.
  ///
  /// Call this method after the last message.
  func close() async {
    // An error is ignored here, because no message depends on the closed connection.
    try? await client?.shutdown()
    client = nil
  }

  /// Returns the reason for a failure, as a clause without a full stop and without the URL.
  static func problem(_ error: any Error) -> String {
    switch error {
    case let problem as WebhookAddress.Problem: problem.text
    case let error as HTTPClientError where error == .connectTimeout:
      "no connection within \(connectTimeout.nanoseconds / 1_000_000_000) seconds"
    case let error as HTTPClientError where error == .deadlineExceeded:
      "no answer within \(timeout.nanoseconds / 1_000_000_000) seconds"
    case let error as HTTPClientError: "the exchange failed: \(error.shortDescription)"
    default: "there is no connection: \(error)".printable.limited(to: 200)
    }
  }
}
