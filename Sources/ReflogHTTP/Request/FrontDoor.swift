import HTTPTypes
import Hummingbird
import Logging
import Metrics
import ReflogModel

/// Stands before the router: makes the path canonical, gives every answer its ids, and answers what can't be routed.
struct FrontDoor<Inner: HTTPResponder<ReflogRequestContext>>: HTTPResponder {
  let inner: Inner
  let proxies: ProxySettings
  let logger: Logger
  let metrics: any MetricsFactory

  func respond(to request: Request, context: ReflogRequestContext) async throws -> Response {
    var context = context
    context.ipAddress = proxies.clientAddress(peer: context.ipAddress, request)
    (context.publicURL, context.scheme) = (proxies.publicURL, proxies.scheme)
    var response: Response
    do {
      guard FrontDoorMethods.all.contains(request.method) else { throw RequestError.methodNotAllowed }
      context.clientRequestID = try Self.clientRequestID(of: request)
      response = try await inner.respond(to: try Self.canonical(request), context: context)
    } catch {
      let answer = ErrorAnswer(error)
      answer.log(to: logger, request, context, cause: error)
      response = answer.response(context)
    }
    let status = [("status", "\(response.status.code)")]
    Counter(label: "reflog_http_requests_total", dimensions: status, factory: metrics).increment()
    response.headers[named: "request-id"] = context.requestID
    response.headers[named: "client-request-id"] = context.clientRequestID ?? context.requestID
    return response.secured()
  }

  private static func canonical(_ request: Request) throws(RequestError) -> Request {
    let target = request.head.path ?? "/"
    let mark = target.firstIndex(of: "?") ?? target.endIndex
    var head = request.head
    head.path = try CanonicalPath.canonical(target[..<mark]) + target[mark...]
    return Request(head: head, body: request.body)
  }

  private static func clientRequestID(of request: Request) throws(RequestError) -> String? {
    guard let text = request.headers[named: "client-request-id"] else { return nil }
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .badRequest("client-request-id has 1 to 128 visible ASCII characters.", target: "client-request-id")
    }
    return text
  }
}

/// The methods that anything here has.
enum FrontDoorMethods {
  static let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
}
