import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// Lets whoever is signed in see the pages, sends others to sign in, and shows what goes wrong as a page.
struct PageMiddleware: RouterMiddleware {
  let sessions: Sessions
  let authentication: Authentication
  let errors: ErrorPage

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    do {
      guard
        let session = SessionCookie.id(in: request, isSecure: context.isSecure).flatMap(sessions.session)
      else { return comesFromElsewhere(request, context) ? goOn(request, context) : Self.signIn(request) }
      guard
        let (caller, roles) = try await authentication.callerWithRole(bearing: session.token, from: context.ipAddress)
      else {
        sessions.end(session.id)
        return Self.signIn(request)
      }
      context.identify(as: caller)
      context.signIn(
        session,
        as: PageFrame.Viewer(
          name: caller.actor.name ?? caller.actor.userPrincipalName ?? caller.actor.id ?? "",
          role: roles.map(\.rawValue).sorted().joined(separator: ", "),
          csrf: session.csrf
        )
      )
      return try await next(request, context)
    } catch {
      return errors.response(to: error, request, context)
    }
  }

  /// Whether a link of another site led here, with which the session's cookie does not come: whether there is one, a request of an own
  /// page shows.
  private func comesFromElsewhere(_ request: Request, _ context: ReflogRequestContext) -> Bool {
    request.method == .get && SessionCookie.id(in: request, isSecure: context.isSecure) == nil
      && request.headers[named: "Sec-Fetch-Site"] == "cross-site"
      && request.headers[named: "Sec-Fetch-Mode"] == "navigate"
  }

  private func goOn(_ request: Request, _ context: ReflogRequestContext) -> Response {
    let page = RedirectPage(heading: "One moment", target: SignInTarget.path(request.uri.string))
    return Response(page: page.render(in: context.frame(errors.directory)))
  }

  private static func signIn(_ request: Request) -> Response {
    let wasRead = request.method == .get || request.method == .head
    // What a form asked for was not done; its page is where it can be asked for again.
    let target = wasRead ? request.uri.string : request.uri.path == "/flows/rollback" ? "/flows" : request.uri.path
    return .seeOther(
      "/sign-in?\(wasRead ? "" : "over=true&")target=\(target.percentEncoded(keeping: "/"))"
    )
  }
}
