import Hummingbird
import ReflogModel
import ReflogService

/// Counts the reads of the log by callers who identify themselves.
///
/// Service events record these counts. The routes of the log need no credential, so a request without a valid
/// credential is answered, but not counted. A caller is identified by a bearer token or by the session of a page.
struct IdentifiedReadMiddleware: RouterMiddleware {
  let sessions: Sessions
  let authentication: Authentication
  let events: EventRecorder

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    if let caller = await caller(request, context) { events.countRead(by: caller.actor) }
    return try await next(request, context)
  }

  /// Returns the caller that the request identifies, or nil if the request has no valid credential of Reflog.
  private func caller(_ request: Request, _ context: ReflogRequestContext) async -> Caller? {
    let session = SessionCookie.id(in: request, context).flatMap(sessions.session)
    guard let token = AuthenticationMiddleware.bearerToken(of: request) ?? session?.token,
      let caller = try? await authentication.caller(bearing: token, from: context.ipAddress)
    else { return nil }
    // Reflog itself can't verify a token for the directory, so a token for the directory identifies no caller.
    return if case .roles = caller.credential { caller } else { nil }
  }
}
