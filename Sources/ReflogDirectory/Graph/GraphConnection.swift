import AsyncHTTPClient
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import ReflogModel

/// Sends requests to one host and says exactly what became of each. Follows no redirect, so that a token never goes
/// elsewhere.
struct GraphConnection: Sendable {
  /// More than the largest page of connectors or flows.
  private static let bodyLimit = 4 << 20
  /// A connection that takes longer is none.
  private static let connectTimeout = TimeAmount.seconds(5)

  /// Enough that exchanges which hang, one at most for each address and caller, leave room for all others.
  private static let connectionLimit = 256
  /// Shorter than servers keep a connection that idles, so that a read rarely begins on one that is being closed.
  private static let readingIdleTimeout = TimeAmount.seconds(20)
  /// Much shorter than any server keeps one. If the other side closed it in the moment in which a write begins, nobody would know
  /// whether that write arrived. A new connection for each write would cost two or three round trips more.
  private static let writingIdleTimeout = TimeAmount.seconds(2)

  private let reading: HTTPClient
  private let writing: HTTPClient
  private let timeout: Duration
  private let metrics: any MetricsFactory

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

  /// A client whose connections and recorders are all on one loop, so that nothing is on its way which a recorder has not heard of when
  /// the deadline comes. To ask for a loop with each request would have AsyncHTTPClient close the connection behind it.
  private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    return HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
  }

  /// Sends a request, once. Never throws: an exchange that fails says how far it got.
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

  /// Closes all connections. Call it once, when nothing is sent any more.
  func shutdown() async throws {
    try await reading.shutdown()
    try await writing.shutdown()
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
