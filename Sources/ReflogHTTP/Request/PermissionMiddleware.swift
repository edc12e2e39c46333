import Hummingbird
import ReflogModel
import ReflogService

/// Lets through only who may read at this surface: whoever may change may read, so this holds for every route.
struct PermissionMiddleware: RouterMiddleware {
  let operation: Policy.Operation

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    // Whoever may do nothing here is known elsewhere only: this surface wants another proof.
    guard Policy.permits(try context.requireCaller(), operation) else { throw RequestError.unauthenticated }
    return try await next(request, context)
  }
}
