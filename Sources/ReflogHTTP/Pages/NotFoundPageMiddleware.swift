import HTTPTypes
import Hummingbird

/// Answers a browser that is led nowhere with a page: a mistyped address is no failed authentication.
struct NotFoundPageMiddleware: RouterMiddleware {
  /// Where what is no page is, by the first segment of the path.
  private static let others: Set<String> = ["beta", "v1.0", "metrics"]

  let pages: PageMiddleware

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    guard Self.isStray(request) else { return try await next(request, context) }
    return try await pages.handle(request, context: context) { _, _ in throw RequestError.notFound }
  }

  private static func isStray(_ request: Request) -> Bool {
    guard request.headers[.authorization] == nil, let accepted = request.headers[.accept],
      accepted.lowercased().contains("text/html")
    else { return false }
    return !others.contains(request.uri.path.split(separator: "/").first?.lowercased() ?? "")
  }
}
