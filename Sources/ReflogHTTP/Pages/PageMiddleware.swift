import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService
import ReflogWeb

/// Lets whoever is signed in see the pages, sends others to sign in, and shows what goes wrong as a page.
struct PageMiddleware: RouterMiddleware {
  let sessions: Sessions
  let authentication: Authentication
  let directory: DirectoryKind
  let logger: Logger

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    do {
      guard let session = SessionCookie.id(in: request).flatMap(sessions.session) else { return Self.signIn(request) }
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
      let answer = ErrorAnswer(error)
      answer.log(to: logger, request, context, cause: error)
      let page = MessagePage(heading: answer.heading, message: answer.message, requestID: context.requestID)
      return Response(page: page.render(in: context.frame(directory)), status: answer.status)
    }
  }

  private static func signIn(_ request: Request) -> Response {
    guard request.method == .get || request.method == .head else { return .seeOther("/sign-in") }
    return .seeOther("/sign-in?target=\(request.uri.string.percentEncoded(keeping: "/"))")
  }
}

extension ErrorAnswer {
  fileprivate var heading: String {
    switch status.code {
    case 403: "Not allowed"
    case 404: "Not found"
    case 410: "Purged"
    case 409: "Not possible now"
    case 400..<500: "That can't be done"
    default: "Something went wrong"
    }
  }
}
