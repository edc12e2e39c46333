import HTTPTypes
import Hummingbird
import Logging
import Metrics
import ReflogModel
import Synchronization

/// Responds to every request.
///
/// The responder makes the path of a request canonical, finds and calls the route, and adds the request ids to every
/// answer. If a request can't be routed, the responder creates the answer itself.
struct RootResponder: HTTPResponder {
  let routes: RouteTable
  let proxies: ProxySettings
  let logger: Logger
  let requests: RequestCounters
  let pace: RefusalPace
  /// Counts the requests whose forwarding headers can't be used.
  let unreadableForwarding: Counter

  init(
    routes: RouteTable,
    proxies: ProxySettings,
    pace: RefusalPace,
    logger: Logger,
    metrics: any MetricsFactory
  ) {
    self.routes = routes
    self.proxies = proxies
    self.pace = pace
    self.logger = logger
    requests = RequestCounters(metrics)
    unreadableForwarding = Counter(label: "reflog_unreadable_forwarding_total", factory: metrics)
  }

  func respond(to request: Request, context: ReflogRequestContext) async throws -> Response {
    var context = context
    let client = proxies.client(peer: context.ipAddress, request.headers)
    if client.isUnreadable { unreadableForwarding.increment() }
    (context.ipAddress, context.scheme, context.authority) = (client.ipAddress, client.scheme, client.authority)
    context.publicURL = proxies.publicURL
    context.basePath = proxies.basePath
    var response: Response
    var request = request
    do {
      context.clientRequestID = try Self.clientRequestID(of: request)
      try Self.checkHost(of: request)
      try Self.checkTransferCoding(of: request)
      // The target of OPTIONS and CONNECT is not always a path (RFC 9112 §3.2). So a request with an unsupported method
      // and without a path is refused before the target is read as a path.
      guard SupportedMethods.all.contains(request.method) || request.head.path?.first == "/" else {
        throw RequestError.methodNotAllowed(SupportedMethods.all)
      }
      request = try Self.expecting(request, context)
      let match = try route(&request)
      guard SupportedMethods.all.contains(request.method) else { throw UnroutedRequest() }
      response = try await routes.respond(to: request, match, context: context)
    } catch {
      let (cause, expiry) = ExpiringTokenError.parts(of: error)
      let error: any Error = cause is UnroutedRequest ? routes.refusal(of: request.method, at: request.uri.path) : cause
      let answer = ErrorAnswer(error)
      answer.log(to: logger, request, context, cause: error)
      response = answer.response(context).reporting(expiry)
      // This request was refused before its caller was authenticated, or no route handles it. So the refusal counts for
      // the client's network.
      await pace.delay(SlotHolder(context.ipAddress))
    }
    requests.count(response.status.code)
    // The answer to a forwarded read already has the ids from Microsoft Graph, so these ids are kept.
    if !response.headers.contains(.requestID) { response.headers[.requestID] = context.requestID }
    if !response.headers.contains(.clientRequestID) {
      response.headers[.clientRequestID] = context.clientRequestID ?? context.requestID
    }
    if let path = response.headers[.location], path.first == "/" {
      response.headers[.location] = proxies.basePath + path
    }
    return response.secured(overTLS: context.isSecure)
  }

  /// Throws an error if the request has no valid `Host` header, or two `Host` headers (RFC 9112 §3.2).
  private static func checkHost(of request: Request) throws(RequestError) {
    guard let host = request.head.authority, Authority.isValid(host), request.headers[.secondHost] == nil else {
      throw .badRequest("The request needs exactly one Host header, with a host and perhaps a port.", target: "Host")
    }
  }

  /// Throws an error if the body has a transfer coding besides `chunked` (RFC 9112 §6.1).
  ///
  /// The decoder of the connection removes only `chunked`, so a route would read the coded bytes as the body.
  private static func checkTransferCoding(of request: Request) throws(RequestError) {
    guard let coding = request.headers[.transferEncoding], !coding.isSame(as: "chunked") else { return }
    throw .badRequest("Transfer-Encoding must be chunked, or left out.", target: "Transfer-Encoding")
  }

  /// Returns the request with a body that the client sends only when the server begins to read the body.
  ///
  /// Only a request with `Expect: 100-continue` is changed. Any other expectation throws an error.
  private static func expecting(_ request: Request, _ context: ReflogRequestContext) throws(RequestError) -> Request {
    guard let expectation = request.headers[.expect] else { return request }
    guard expectation.lowercased() == "100-continue" else { throw .expectationFailed }
    let body = RequestBody(asyncSequence: AwaitedBody(body: request.body, channel: context.channel))
    return Request(head: request.head, body: body)
  }

  /// Finds the route of a request, and gives the request the canonical form of its path, without the base path.
  ///
  /// - Returns: The match of the path, or nil if no route has this path.
  private func route(_ request: inout Request) throws(RequestError) -> RouteTable.Match? {
    let target = request.head.path ?? "/"
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
    let path = mark.map { String(target[..<$0]) } ?? target
    let canonical = try BasePath.remove(proxies.basePath, from: try CanonicalPath.canonical(path))
    let match = routes.match(canonical)
    let spelled = match?.path ?? canonical
    guard spelled != path else { return match }
    var head = request.head
    head.path = spelled + (mark.map { target[$0...] } ?? "")
    request = Request(head: head, body: request.body)
    return match
  }

  private static func clientRequestID(of request: Request) throws(RequestError) -> String? {
    guard let text = request.headers[.clientRequestID] else { return nil }
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .badRequest("client-request-id must have 1 to 128 visible ASCII characters.", target: "client-request-id")
    }
    return text
  }
}

/// The methods that Reflog supports.
///
/// Each route supports some of these methods.
enum SupportedMethods {
  static let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
}

/// Counts the answers for each HTTP status.
///
/// The counter of each status is stored here, so the registry is searched only once for each status.
final class RequestCounters: Sendable {
  private let metrics: any MetricsFactory
  private let counters = Mutex<[Int: Counter]>([:])

  init(_ metrics: any MetricsFactory) {
    self.metrics = metrics
  }

  func count(_ status: Int) {
    counters.withLock { counters in
      if let known = counters[status] { return known.increment() }
      let label = [("status", "\(status)")]
      let counter = Counter(label: "reflog_http_requests_total", dimensions: label, factory: metrics)
      counters[status] = counter
      counter.increment()
    }
  }
}
