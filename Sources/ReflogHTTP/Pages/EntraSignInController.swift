import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes to sign in through Entra.
///
/// These routes need no credential.
struct EntraSignInController {
  let entra: EntraSignIn
  let sessions: Sessions
  let authentication: Authentication
  let failures: FailedAuthentications
  let signInPage: @Sendable (_ target: String, _ problem: String) -> SignInPage
  let directory: DirectoryKind
  let logger: Logger

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/sign-in/entra", use: begin)
    group.get(RouterPath(EntraSignIn.Settings.returnPath), use: end)
  }

  private func begin(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let target = SignInTarget.path(try request.filledQuery()["target"])
    do {
      let session = SessionCookie.id(in: request, context)
      let (url, sealed) = try await entra.begin(target: target, replacing: session.flatMap(sessions.session)?.id)
      var response = Response.seeOther(url)
      response.headers[.setCookie] = SignInCookie.setting(sealed, context)
      return response
    } catch {
      return refusal(error, target, context)
    }
  }

  private func end(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let fields = try request.filledQuery()
    let attempt: EntraSignIn.Callback
    do { attempt = try self.attempt(fields["state"], request, context) } catch { return refusal(error, "/", context) }
    var response: Response
    var cookies = [SignInCookie.clearing(context)]
    do {
      guard let code = fields["code"] else { throw EntraSignIn.Failure.declined(fields["error"] ?? "") }
      let token = try await entra.end(attempt, code: code)
      guard let (caller, _) = try await authentication.callerWithRole(bearing: token, from: context.ipAddress) else {
        throw EntraSignIn.Failure.refused(
          "your account has no role in Reflog that can read history; ask an administrator for one"
        )
      }
      if let earlier = attempt.session { sessions.end(earlier) }
      cookies.append(SessionCookie.setting(sessions.begin(with: token, for: caller), context))
      response = Response(
        page: RedirectPage(heading: "Signed in", target: attempt.target).render(in: context.frame(directory))
      )
    } catch let failure as EntraSignIn.Failure {
      response = refusal(failure, attempt.target, context)
    }
    response.headers[values: .setCookie] = cookies
    return response
  }

  /// Returns the sign-in that this browser began.
  ///
  /// The method throws an error if another browser began the sign-in, or if another site forged the answer from Entra.
  private func attempt(
    _ state: String?,
    _ request: Request,
    _ context: ReflogRequestContext
  ) throws(EntraSignIn.Failure) -> EntraSignIn.Callback {
    guard let state, let sealed = SignInCookie.sealed(in: request, context) else {
      throw .unknownState
    }
    return try entra.attempt(state: state, sealed: sealed)
  }

  /// Logs or counts a failed sign-in, and returns the sign-in page with the reason.
  private func refusal(_ failure: EntraSignIn.Failure, _ target: String, _ context: ReflogRequestContext) -> Response {
    switch failure {
    case .unavailable(let problem): logger.error("Entra can't be reached", metadata: ["error": "\(problem)"])
    case .misconfigured(let code):
      logger.error("Entra refused Reflog's client id or secret", metadata: ["error": "\(code)"])
    case .refused: failures.count(from: context.ipAddress)
    case .declined where failure.status == .forbidden: failures.count(from: context.ipAddress)
    case .unknownState, .declined: break
    }
    let page = signInPage(target, failure.onPage).render(in: context.frame(directory))
    return Response(page: page, status: failure.status)
  }
}

/// The cookie with which Reflog recognizes the browser that began a sign-in at Entra.
///
/// Only the browser that has this cookie can complete the sign-in.
private enum SignInCookie {
  private static let name = "reflog_sign_in"

  static func sealed(in request: Request, _ context: ReflogRequestContext) -> String? {
    context.cookies.value(of: name, in: request)
  }

  /// Returns the value of the header `Set-Cookie` that sets this cookie.
  ///
  /// The cookie is `SameSite=Lax`, because Entra is another site. With this value, the browser sends the cookie when
  /// Entra redirects it back to this server.
  static func setting(_ sealed: String, _ context: ReflogRequestContext) -> String {
    context.cookies.setting(name, to: sealed, seconds: EntraSignIn.lifetime.components.seconds, .lax)
  }

  static func clearing(_ context: ReflogRequestContext) -> String {
    context.cookies.setting(name, to: "", seconds: 0, .lax)
  }
}
