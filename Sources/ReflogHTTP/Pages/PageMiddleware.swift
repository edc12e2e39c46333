import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// Shows the pages to signed-in people, redirects all other people to the sign-in page, and answers errors with a page.
struct PageMiddleware: RouterMiddleware {
  let sessions: Sessions
  let authentication: Authentication
  let admission: Admission
  let errors: ErrorPage
  /// Returns the replacement of a lost key if no admin has confirmed the replacement yet.
  ///
  /// The result is nil if no replacement waits for a confirmation.
  let keyReplacement: @Sendable () -> KeyReplacement?

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let zone = TimeZoneCookie.zone(in: request, context)
    context.zone = zone
    context.pagePath = Self.pagePath(of: request)
    do {
      guard let session = SessionCookie.id(in: request, context).flatMap(sessions.session) else {
        return try await admission.admitOpen(from: context.ipAddress) {
          isFromAnotherSite(request, context) ? repeatFromOwnPage(request, context) : Self.signIn(request)
        }
      }
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
          name: caller.actor.shownName,
          role: roles.map(\.rawValue).sorted().joined(separator: ", "),
          csrf: session.csrf,
          path: caller.actor.pagePath
        ),
        warning: keyReplacement().map { PageFrame.warning(of: $0, in: zone) }
      )
      return try await next(request, context).reporting(caller.tokenExpiry)
    } catch {
      return errors.response(to: error, request, context).reporting(context.caller?.tokenExpiry)
    }
  }

  /// Returns whether the browser followed a link on another site, and the request has no session cookie.
  ///
  /// The session cookie is `SameSite=Strict`. So the browser sends the cookie only if the request comes from one of
  /// Reflog's pages.
  private func isFromAnotherSite(_ request: Request, _ context: ReflogRequestContext) -> Bool {
    request.method == .get && SessionCookie.id(in: request, context) == nil
      && request.headers[named: "Sec-Fetch-Site"] == "cross-site"
      && request.headers[named: "Sec-Fetch-Mode"] == "navigate"
  }

  /// Returns a page that loads the same URL again.
  ///
  /// When the page loads the URL, the browser sends the session cookie, because the request comes from one of Reflog's
  /// pages.
  private func repeatFromOwnPage(_ request: Request, _ context: ReflogRequestContext) -> Response {
    let page = RedirectPage(heading: "One moment", target: SignInTarget.path(request.uri.string))
    return Response(page: page.render(in: context.frame(errors.directory)))
  }

  /// Returns a redirect to the sign-in page.
  private static func signIn(_ request: Request) -> Response {
    // The form was refused, because there is no session. After the sign-in, the browser opens the page that contains
    // the form, so the person can send the form again.
    let target = pagePath(of: request).percentEncoded(keeping: "/")
    return .seeOther("/sign-in?\(isRead(request) ? "" : "over=true&")target=\(target)")
  }

  /// Returns the path and the query of the page that a request reads, or of the page that contains the sent form.
  ///
  /// Most forms are sent to the URL of a page. For the other forms, the page is the list to which the form belongs.
  private static func pagePath(of request: Request) -> String {
    if isRead(request) { return request.uri.string }
    return switch request.uri.path {
    case "/time-zone": "/"
    case "/flows/rollback": "/flows"
    case let path where path.hasPrefix("/freezes/"): "/freezes"
    case let path where path.hasSuffix(RestorationController.ending):
      String(path.dropLast(RestorationController.ending.count)) + (request.uri.query.map { "?" + $0 } ?? "")
    default: request.uri.string
    }
  }

  private static func isRead(_ request: Request) -> Bool { request.method == .get || request.method == .head }
}
