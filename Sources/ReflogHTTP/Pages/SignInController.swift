import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes to sign in with an API token, and to sign out.
///
/// These routes need no credential.
struct SignInController {
  let sessions: Sessions
  let authentication: Authentication
  let failures: FailedAuthentications
  let signInPage: @Sendable (_ target: String, _ problem: String?) -> SignInPage
  let directory: DirectoryKind

  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/sign-in", use: show)
    router.post("/sign-in", use: signIn)
    router.post("/sign-out", use: signOut)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let fields = try request.filledQuery()
    let over = "You were signed out before the form was sent, so nothing was done. Sign in and send the form again."
    return page(signInPage(SignInTarget.path(fields["target"]), fields["over"] == nil ? nil : over), context)
  }

  private func signIn(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try request.requireOwnOrigin()
    let form = try request.form(context)
    let target = SignInTarget.path(form["target"])
    guard authentication.takesAPITokens else {
      let problem = "This server accepts no API tokens, so the token was not checked."
      return page(signInPage(target, problem), context, .forbidden)
    }
    guard let token = form["token"],
      let (caller, _) = try await authentication.callerWithRole(bearing: token, from: context.ipAddress)
    else {
      failures.count(from: context.ipAddress)
      return page(
        signInPage(
          target,
          "This token is not valid, has expired, or has no right to read history. Check that you pasted all of it."
        ),
        context,
        .forbidden
      )
    }
    if let earlier = SessionCookie.id(in: request, context) { sessions.end(earlier) }
    var response = Response.seeOther(target)
    let session = sessions.begin(with: token, for: caller)
    response.headers[.setCookie] = SessionCookie.setting(session, context)
    return response
  }

  /// Ends the session if a page of this session sent the form.
  private func signOut(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard
      let session = SessionCookie.id(in: request, context).flatMap(sessions.session)
    else { return .seeOther("/sign-in") }
    _ = try request.form(of: session, context)
    sessions.end(session.id)
    var response = Response.seeOther("/sign-in")
    response.headers[.setCookie] = SessionCookie.clearing(context)
    return response
  }

  private func page(_ page: SignInPage, _ context: ReflogRequestContext, _ status: HTTPResponse.Status = .ok)
    -> Response
  {
    Response(page: page.render(in: context.frame(directory)), status: status)
  }
}
