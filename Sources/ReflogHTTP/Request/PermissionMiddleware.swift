import Hummingbird
import ReflogModel
import ReflogService

/// Lets through only who may read at this surface, and counts what callers ask for and may not do.
///
/// A request that is not for reading goes on to whoever decides about it, and records it where it is denied; what leaves no
/// change behind is counted here.
struct PermissionMiddleware: RouterMiddleware {
  let operation: Policy.Operation
  let events: EventRecorder

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    let caller = try context.requireCaller()
    do {
      try check(caller, request)
      return try await next(request, context)
    } catch ServiceError.forbidden(let changes) {
      if changes.isEmpty { events.countDenial(of: caller.actor) }
      throw ServiceError.forbidden(changes)
    }
  }

  private func check(_ caller: Caller, _ request: Request) throws {
    guard !Policy.permits(caller, operation) else { return }
    switch caller.credential {
    // Known elsewhere only: this surface wants another proof.
    case .directoryToken: throw RequestError.unauthenticated
    case .roles where request.method == .get || request.method == .head: throw ServiceError.forbidden([])
    case .roles: return
    }
  }
}
