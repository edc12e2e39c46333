import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// Limits how many sign-ins are in progress at the same time, and answers errors with a page.
struct SignInMiddleware: RouterMiddleware {
  private let admission = Admission(limit: RequestLimits.unverifiedRequests)
  let errors: ErrorPage

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      guard admission.enter() else { throw ServiceError.busy("Too many sign-ins are in progress.") }
      defer { admission.leave() }
      return try await next(request, context)
    } catch {
      return errors.response(to: error, request, context)
    }
  }
}
