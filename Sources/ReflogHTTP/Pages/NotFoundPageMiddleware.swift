import HTTPTypes
import Hummingbird

/// Answers a browser's request for an unknown path with a page.
///
/// Without this middleware, a typing error in a URL would be counted as a failed authentication.
struct NotFoundPageMiddleware: RouterMiddleware {
  /// The first segments of the paths that are used only by programs, and not by browsers.
  private static let programPaths: Set<String> = ["beta", "v1.0", "metrics"]

  let pages: PageMiddleware

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    guard Self.isFromBrowser(request) else { return try await next(request, context) }
    return try await pages.handle(request, context: context) { [admission = pages.admission] _, context in
      try await admission.admitOpen(from: context.ipAddress) { throw RequestError.notFound }
    }
  }

  /// Returns whether the request is a browser's request for a page.
  private static func isFromBrowser(_ request: Request) -> Bool {
    guard !request.headers.contains(.authorization),
      AcceptedMediaTypes(request.headers[.accept]).preferred(among: ["application/json", "text/html"]) == "text/html"
    else { return false }
    return !programPaths.contains(request.uri.path.split(separator: "/").first?.lowercased() ?? "")
  }
}
