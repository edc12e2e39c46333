import Hummingbird
import ReflogModel
import ReflogService

/// Counts each caller's reads of history.
///
/// Service events record these counts. Every route that reads history is in a group with this middleware or with
/// ``IdentifiedReadMiddleware``.
struct ReadCountingMiddleware: RouterMiddleware {
  let events: EventRecorder

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    if request.method == .get || request.method == .head { events.countRead(by: try context.requireCaller().actor) }
    return try await next(request, context)
  }
}
