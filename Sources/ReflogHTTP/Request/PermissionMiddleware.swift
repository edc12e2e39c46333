import Hummingbird
import ReflogModel
import ReflogService

/// Lets through only who may read at this surface.
///
/// A request that is not for reading goes on to whoever decides about it, and records it where it is denied.
struct PermissionMiddleware: RouterMiddleware {
  let operation: Policy.Operation

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    let caller = try context.requireCaller()
    guard !Policy.permits(caller, operation) else { return try await next(request, context) }
    switch caller.standing {
    // Known elsewhere only: this surface wants another proof.
    case .directoryToken: throw RequestError.unauthenticated
    case .roles where request.method == .get || request.method == .head: throw ServiceError.forbidden([])
    case .roles: return try await next(request, context)
    }
  }
}
