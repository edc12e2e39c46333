import AsyncHTTPClient
import Metrics
import NIOCore
import NIOHTTP1
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
    reading = HTTPClient(configuration: configuration)
    // A connection that idles may be closed by the other side in the moment in which a write begins, and then nobody
    // knows whether that write arrived. Writes take new ones.
    configuration.connectionPool.idleTimeout = .zero
    writing = HTTPClient(configuration: configuration)
    self.timeout = timeout
    self.metrics = metrics
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
    var headers = headers
    // No other write may follow on this connection.
    if isWrite { headers.add(name: "connection", value: "close") }
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
      // On one loop, so that nothing is on its way which the recorder has not heard of when the deadline comes.
      let loop = HTTPClient.EventLoopPreference.delegateAndChannel(on: client.eventLoopGroup.any())
      let task = client.execute(request: request, delegate: recorder, eventLoop: loop, deadline: deadline)
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
