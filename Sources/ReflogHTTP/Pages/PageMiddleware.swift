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
      else { return Self.signIn(request) }
      guard let caller = try await authentication.caller(bearing: session.token, from: context.ipAddress),
        case .roles(let roles) = caller.standing
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

  private static func signIn(_ request: Request) -> Response {
    let wasRead = request.method == .get || request.method == .head
    // What a form asked for was not done; its page is where it can be asked for again.
    let target = wasRead ? request.uri.string : request.uri.path == "/flows/rollback" ? "/flows" : request.uri.path
    return .seeOther(
      "/sign-in?\(wasRead ? "" : "over=true&")target=\(target.percentEncoded(keeping: "/"))"
    )
  }
}
