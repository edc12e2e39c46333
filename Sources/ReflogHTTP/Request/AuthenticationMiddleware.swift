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
    guard var header = request.headers[.authorization] else { return nil }
    return header.withUTF8 { bytes in
      let parts = bytes.split(separator: UInt8(ascii: " "))
      guard parts.count == 2, parts[0].elementsEqual(scheme, by: { $0.asciiFolded == $1 }) else { return nil }
      return String(decoding: parts[1], as: UTF8.self)
    }
  }

  /// The scheme of the header in lower case.
  private static let scheme = Array("bearer".utf8)
}
