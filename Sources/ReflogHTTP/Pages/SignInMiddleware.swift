import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// Limits the number of concurrent sign-ins, and answers errors with a page.
struct SignInMiddleware: RouterMiddleware {
  let admission: Admission
  let errors: ErrorPage

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await admission.admitSignIn(request, from: context.ipAddress) { body in
        try await next(request, context.receiving(body))
      }
    } catch {
      return errors.response(to: error, request, context)
    }
  }
}
