import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// Refuses callers without a valid bearer token.
struct AuthenticationMiddleware: RouterMiddleware {
  let authentication: Authentication

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    guard let token = Self.bearerToken(of: request),
      let caller = try await authentication.caller(bearing: token, from: context.ipAddress)
    else { throw RequestError.unauthenticated }
    var context = context
    context.identify(as: caller)
    return try await caller.answered { [context] in try await next(request, context) }
  }

  /// Returns the token of the `Authorization` header (RFC 6750 §2.1), or nil if the header contains no token.
  ///
  /// The scheme `Bearer` is accepted in upper or lower case (RFC 9110 §11.1).
  static func bearerToken(of request: Request) -> String? {
    guard let header = request.headers[.authorization] else { return nil }
    let parts = header.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
    guard parts.count == 2, String(parts[0])?.isSame(as: "bearer") == true else { return nil }
    return String(parts[1])
  }
}
