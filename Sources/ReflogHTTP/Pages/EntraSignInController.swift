import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService
import ReflogWeb

/// Signing in by Entra; open to everybody.
package struct EntraSignInController {
  /// Where Entra sends browsers back to.
  package static let returnPath = "/sign-in/entra/return"

  let entra: EntraSignIn
  let sessions: Sessions
  let authentication: Authentication
  let failures: FailedAuthentications
  let signInPage: @Sendable (_ target: String, _ problem: String) -> SignInPage
  let directory: DirectoryKind
  let logger: Logger

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/sign-in/entra", use: begin)
    group.get(RouterPath(Self.returnPath), use: end)
  }

  private func begin(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let target = SignInTarget.path(try request.filledQuery()["target"])
    do {
      let (url, sealed) = try await entra.begin(target: target)
      var response = Response.seeOther(url)
      response.headers[.setCookie] = AttemptCookie.setting(sealed, isSecure: context.isSecure)
      return response
    } catch {
      return refusal(error, target, context)
    }
  }

  private func end(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let fields = try request.filledQuery()
    do {
      // What another browser began is no business of this one: nobody is signed in as somebody else.
      guard let state = fields["state"], let sealed = AttemptCookie.sealed(in: request, isSecure: context.isSecure)
      else { throw EntraSignIn.Failure.unknownState }
      guard let code = fields["code"] else {
        throw EntraSignIn.Failure.refused(fields["error_description"] ?? fields["error"] ?? "it gives no code")
      }
      let (token, target) = try await entra.end(state: state, sealed: sealed, code: code)
      guard let caller = try await authentication.caller(bearing: token, from: context.ipAddress),
        case .roles(let roles) = caller.standing, !roles.isEmpty
      else { throw EntraSignIn.Failure.refused("this account has no role in Reflog") }
      var response = Response(page: SignedInPage(target: target).render(in: context.frame(directory)))
      response.headers[values: .setCookie] = [
        SessionCookie.setting(sessions.begin(with: token), isSecure: context.isSecure),
        AttemptCookie.clearing(isSecure: context.isSecure),
      ]
      return response
    } catch let failure as EntraSignIn.Failure {
      return refusal(failure, "/", context)
    }
  }

  private func refusal(_ failure: EntraSignIn.Failure, _ target: String, _ context: ReflogRequestContext) -> Response {
    let (words, status): (String, HTTPResponse.Status) =
      switch failure {
      case .unknownState: ("That sign-in took too long, or began in another browser. Try again.", .badRequest)
      case .refused(let reason): ("Entra signed nobody in: \(reason).", .forbidden)
      case .misconfigured(let code):
        (
          "Entra does not take this server's own registration (\(code)): tell whoever runs it. Signing in with an API token works.",
          .badGateway
        )
      case .unavailable: ("Entra can't be asked now. Try again, or sign in with an API token.", .serviceUnavailable)
      }
    switch failure {
    case .unavailable(let problem): logger.error("Entra can't be asked", metadata: ["error": "\(problem)"])
    case .misconfigured(let code):
      logger.error("Entra does not take Reflog's client id and secret", metadata: ["error": "\(code)"])
    case .refused: failures.count(from: context.ipAddress)
    case .unknownState: break
    }
    return Response(page: signInPage(target, words).render(in: context.frame(directory)), status: status)
  }
}

/// The cookie that ties a sign-in at Entra to the browser in which it began.
private enum AttemptCookie {
  /// Like that of ``SessionCookie``.
  private static func name(_ isSecure: Bool) -> String { (isSecure ? "__Host-" : "") + "reflog_sign_in" }

  static func sealed(in request: Request, isSecure: Bool) -> String? { request.cookie(named: name(isSecure)) }

  /// It comes back with a navigation that began at Entra, so `Lax`.
  static func setting(_ sealed: String, isSecure: Bool) -> String {
    cookie(sealed, seconds: EntraSignIn.lifetime.components.seconds, isSecure)
  }

  static func clearing(isSecure: Bool) -> String { cookie("", seconds: 0, isSecure) }

  private static func cookie(_ value: String, seconds: Int64, _ isSecure: Bool) -> String {
    "\(name(isSecure))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
  }
}
