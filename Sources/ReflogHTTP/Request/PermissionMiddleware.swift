import Hummingbird
import ReflogModel
import ReflogService

/// Refuses callers who are not allowed to read this API, and counts denied requests.
///
/// A caller with a token for the directory is refused. If a caller's roles do not permit the use of this API, this
/// middleware refuses the caller's reads. This middleware forwards all other requests to the service. The service
/// permits or denies each of these requests, and records each denied change. If the service denies a request but
/// records no change, this middleware counts the request.
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
    } catch let error as ServiceError {
      events.countDenial(error, of: caller)
      throw error
    }
  }

  private func check(_ caller: Caller, _ request: Request) throws {
    guard !Policy.permits(caller, operation) else { return }
    switch caller.credential {
    // Reflog itself can't verify a token for the directory, so a token for the directory is not valid for this API.
    case .directoryToken: throw RequestError.unauthenticated
    case .roles where request.method == .get || request.method == .head: throw ServiceError.forbidden([])
    case .roles: return
    }
  }
}
