import Hummingbird
import ReflogModel
import ReflogService

/// Lets through only who may read: whoever may change may read, so this holds for every route.
struct ReaderMiddleware: RouterMiddleware {
  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    guard Policy.permits(try context.requireCaller().role, .read) else { throw ServiceError.forbidden([]) }
    return try await next(request, context)
  }
}
