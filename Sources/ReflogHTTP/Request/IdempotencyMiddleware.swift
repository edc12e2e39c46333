import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel

/// Reads `Idempotency-Key`, the key that the caller chose for a request.
///
/// If the caller repeats the request with the same key, the change is not made a second time.
struct IdempotencyMiddleware: RouterMiddleware {
  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    guard let key = request.headers[.idempotencyKey] else { return try await next(request, context) }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw RequestError.badRequest(
        "Idempotency-Key must have 1 to 255 visible ASCII characters.",
        target: "Idempotency-Key"
      )
    }
    let body = try context.boundedBody()
    var context = context
    let actor = try context.requireCaller().actor
    // The parts are joined with line breaks. No part contains a line break, so two requests with different parts never
    // have the same joined text.
    let scope = [actor.type.rawValue, actor.id ?? "", "\(request.method)", request.uri.path.asciiFolded, key]
    context.idempotencyKey = IdempotencyKey(
      keyHash: Array(SHA256.hash(data: Array(scope.joined(separator: "\n").utf8))),
      bodyHash: Array(SHA256.hash(data: Array(body.readableBytesView)))
    )
    return try await next(request, context)
  }
}
