import Hummingbird

/// Refuses paths whose first segment is not a version of the API.
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
