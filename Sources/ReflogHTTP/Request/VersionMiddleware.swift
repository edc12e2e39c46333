import Hummingbird

/// Lets through only the versions of the API that there are.
struct VersionMiddleware: RouterMiddleware {
  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    _ = try context.version()
    return try await next(request, context)
  }
}
