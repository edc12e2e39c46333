import AsyncHTTPClient
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import ReflogModel

/// Sends requests to Microsoft Graph and to the login service.
///
/// The result of each request shows whether a part of the request was sent. Redirects are not followed, because a
/// redirect could send a token to another host.
struct GraphConnection: Sendable {
  /// The maximum length, in bytes, of an answer.
  ///
  /// The largest page of connectors or flows is shorter.
  private static let bodyLimit = 4 << 20
  /// The maximum time to open a connection.
  private static let connectTimeout = TimeAmount.seconds(5)

  /// The maximum number of connections for reads to one host, and also the maximum number for writes.
  ///
  /// A request uses one connection until its answer has arrived. The changes at one address are sent one after the
  /// other, so they use at most one connection. This is also true for the changes of one connector.
  private static let connectionLimit = 256
  /// The time for which a connection for reads is kept open without a request.
  ///
  /// Servers keep idle connections open for longer. So a read rarely begins on a connection that the server is closing.
  private static let readingIdleTimeout = TimeAmount.seconds(20)
  /// The time for which a connection for writes is kept open without a request.
  ///
  /// If the server closed a connection at the moment when a write begins, the result of the write would be unknown.
  /// This does not happen, because every server keeps idle connections open much longer than this time. A new
  /// connection for each write would be another solution, but would need two or three more round trips.
  private static let writingIdleTimeout = TimeAmount.seconds(2)

  private let reading: HTTPClient
  private let writing: HTTPClient
  private let timeout: Duration
  private let metrics: GraphMetrics

  /// Creates the connections.
  ///
  /// - Parameters:
  ///   - timeout: The limit for a whole exchange, from the first attempt to connect to the last byte of the answer.
  ///   - metrics: Receives the number of requests and the duration of each request.
  init(timeout: Duration, metrics: any MetricsFactory) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = Self.connectTimeout
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    // Reflog has no tracer. Without this setting, the client would create a span without effect for each request.
    configuration.tracing.tracer = nil
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionLimit
    configuration.connectionPool.idleTimeout = Self.readingIdleTimeout
    reading = Self.client(configuration)
    configuration.connectionPool.idleTimeout = Self.writingIdleTimeout
    writing = Self.client(configuration)
    self.timeout = timeout
    self.metrics = GraphMetrics(metrics)
  }

  /// Returns a client whose connections and recorders all run on one event loop.
  ///
  /// So when the deadline ends an exchange, the recorder already knows whether a part of the request was sent. The
  /// event loop is set for the whole client. If each request set the event loop, AsyncHTTPClient would close the
  /// connection after every request.
  private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    return HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
  }

  /// Sends a request once, and returns the result.
  ///
  /// This method never throws. If the exchange fails, the result shows whether a part of the request was sent.
  func send(
    _ method: HTTPMethod,
    _ url: String,
    headers: HTTPHeaders,
    body: [UInt8]?,
    isWrite: Bool
  ) async -> GraphExchange {
    let start = ContinuousClock.now
    let exchange = await exchange(method, url, headers: headers, body: body, isWrite: isWrite)
    metrics.record(exchange, ContinuousClock.now - start)
    return exchange
  }

  private func exchange(
    _ method: HTTPMethod,
    _ url: String,
    headers: HTTPHeaders,
    body: [UInt8]?,
    isWrite: Bool
  ) async -> GraphExchange {
    let request: HTTPClient.Request
    do {
      request = try HTTPClient.Request(
        url: url,
        method: method,
        headers: headers,
        body: body.map { .bytes($0) }
      )
    } catch {
      return .neverSent("the URL can't be used: \(error)")
    }
    let recorder = GraphRecorder(bodyLimit: Self.bodyLimit)
    let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
    do {
      let client = isWrite ? writing : reading
      let task = client.execute(request: request, delegate: recorder, deadline: deadline)
      return .answered(try await task.get())
    } catch {
      let reason = (error as? HTTPClientError)?.shortDescription ?? "\(error)"
      return recorder.hasBegunSending ? .broken(reason) : .neverSent(reason)
    }
  }

  /// Closes all connections.
  ///
  /// Call this method once, after the last request.
  func shutdown() async throws {
    try await reading.shutdown()
    try await writing.shutdown()
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
