import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// Lets in only so many at once who are signing in, and shows what goes wrong as a page.
struct SignInMiddleware: RouterMiddleware {
  private let admission = Admission(places: RequestLimits.unprovenRequests)
  let errors: ErrorPage

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      guard admission.enter() else { throw ServiceError.busy("Too many are signing in.") }
      defer { admission.leave() }
      return try await next(request, context)
    } catch {
      return errors.response(to: error, request, context)
    }
  }
}
