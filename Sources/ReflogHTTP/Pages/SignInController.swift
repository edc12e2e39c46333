import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// Signing in and out, and the files that the pages ask for; open to everybody.
struct SignInController {
  let sessions: Sessions
  let authentication: Authentication
  let events: EventRecorder
  let directory: DirectoryKind

  func addRoutes(to router: Router<ReflogRequestContext>) {
    router.get("/sign-in", use: show)
    router.post("/sign-in", use: signIn)
    router.post("/sign-out", use: signOut)
    router.get("/assets/reflog.css") { _, _ in Self.asset(.style) }
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    page(SignInPage(target: Self.target(try request.filledQuery()["target"])), context)
  }

  private func signIn(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try request.requireOwnOrigin()
    let form = try await request.form()
    let target = Self.target(form["target"])
    guard let token = form["token"],
      let caller = try await authentication.caller(bearing: token, from: context.ipAddress),
      case .roles = caller.standing
    else {
      events.countFailure(from: context.ipAddress)
      return page(
        SignInPage(target: target, problem: "This token opens nothing here. Is it whole, and still valid?"),
        context,
        .forbidden
      )
    }
    var response = Response.seeOther(target)
    response.headers[.setCookie] = SessionCookie.setting(sessions.begin(with: token), isSecure: context.isSecure)
    return response
  }

  /// Ends the session, if the request shows that it came from its own page.
  private func signOut(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard let session = SessionCookie.id(in: request).flatMap(sessions.session) else { return .seeOther("/sign-in") }
    _ = try await request.form(of: session)
    sessions.end(session.id)
    var response = Response.seeOther("/sign-in")
    response.headers[.setCookie] = SessionCookie.clearing(isSecure: context.isSecure)
    return response
  }

  private func page(_ page: SignInPage, _ context: ReflogRequestContext, _ status: HTTPResponse.Status = .ok)
    -> Response
  {
    Response(page: page.render(in: context.frame(directory)), status: status)
  }

  /// Where to go on: a path of this server, and nothing that a browser could take for another.
  private static func target(_ text: String?) -> String {
    guard let text, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C })
    else { return "/" }
    return text
  }

  private static func asset(_ asset: WebAsset) -> Response {
    var response = Response(bytes: asset.bytes, asset.contentType)
    response.headers[.cacheControl] = "public, max-age=31536000, immutable"
    return response
  }
}
