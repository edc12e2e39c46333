import Hummingbird
import ReflogModel
import ReflogService

/// Refuses callers who may not read this surface, and counts denied requests.
///
/// A request other than a read is forwarded: the service decides about it and records a denied change. A denied request
/// that left no recorded change is counted here.
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
    // A token of the directory proves nothing at this surface.
    case .directoryToken: throw RequestError.unauthenticated
    case .roles where request.method == .get || request.method == .head: throw ServiceError.forbidden([])
    case .roles: return
    }
  }
}
