import AsyncHTTPClient
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import ReflogModel

/// Sends requests, and reports exactly how far each one got.
///
/// It follows no redirect, so that a token reaches no other host.
struct GraphConnection: Sendable {
  /// The longest accepted answer in bytes: more than the largest page of connectors or flows.
  private static let bodyLimit = 4 << 20
  /// How long it may take to connect.
  private static let connectTimeout = TimeAmount.seconds(5)

  /// The most connections to a host.
  ///
  /// Requests that hang, at most one for each address and caller, leave enough for others.
  private static let connectionLimit = 256
  /// How long a connection for reads may idle: shorter than servers keep it, so that a read rarely begins on a closing
  /// one.
  private static let readingIdleTimeout = TimeAmount.seconds(20)
  /// How long a connection for writes may idle: much shorter than any server keeps it.
  ///
  /// If the server closed the connection just when a write begins, it would be unknown whether the write arrived. A new
  /// connection for each write would cost two or three round trips more.
  private static let writingIdleTimeout = TimeAmount.seconds(2)

  private let reading: HTTPClient
  private let writing: HTTPClient
  private let timeout: Duration
  private let metrics: any MetricsFactory

  /// Creates the connections.
  ///
  /// - Parameter timeout: for a whole exchange, from the first attempt to connect to the last byte of the answer.
  init(timeout: Duration, metrics: any MetricsFactory) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = Self.connectTimeout
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionLimit
    configuration.connectionPool.idleTimeout = Self.readingIdleTimeout
    reading = Self.client(configuration)
    configuration.connectionPool.idleTimeout = Self.writingIdleTimeout
    writing = Self.client(configuration)
    self.timeout = timeout
    self.metrics = metrics
  }

  /// Returns a client whose connections and recorders are all on one event loop.
  ///
  /// So at the deadline a recorder knows of everything that was sent. If each request asked for its event loop,
  /// AsyncHTTPClient would close the connection after it.
  private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    return HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
  }

  /// Sends a request once.
  ///
  /// Never throws: the result shows how far a failed exchange got.
  func send(
    _ method: HTTPMethod,
    _ url: String,
    headers: HTTPHeaders,
    body: [UInt8]?,
    isWrite: Bool
  ) async -> GraphExchange {
    let start = ContinuousClock.now
    let exchange = await exchange(method, url, headers: headers, body: body, isWrite: isWrite)
    let status = [("status", exchange.status)]
    Counter(label: "reflog_graph_requests_total", dimensions: status, factory: metrics).increment()
    Timer(label: "reflog_graph_seconds", factory: metrics).record(duration: ContinuousClock.now - start)
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
  /// Call it once, after the last request.
  func shutdown() async throws {
    try await reading.shutdown()
    try await writing.shutdown()
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
