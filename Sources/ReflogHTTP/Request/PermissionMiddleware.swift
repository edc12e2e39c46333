import Hummingbird
import ReflogModel
import ReflogService

/// Refuses callers who may not read this API, and counts denied requests.
///
/// Requests that are not reads are forwarded. The service decides about such a request, and records a denied change. If
/// a request is denied and no change was recorded, the request is counted here.
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
    // A token of the directory is not verified by Reflog, so it is not valid for this API.
    case .directoryToken: throw RequestError.unauthenticated
    case .roles where request.method == .get || request.method == .head: throw ServiceError.forbidden([])
    case .roles: return
    }
  }
}
