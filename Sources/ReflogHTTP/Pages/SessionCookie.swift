import Hummingbird
import ReflogService

/// The cookie that contains the id of a session.
///
/// The browser sends the cookie only to this server, and only from pages of the same site. Scripts can't read the
/// cookie. Below a base path, the pages of other programs on the same host can send requests with the cookie.
enum SessionCookie {
  private static let name = "reflog_session"

  /// Returns the session id in a request, or nil if the request has no session id.
  static func id(in request: Request, _ context: ReflogRequestContext) -> String? {
    context.cookies.value(of: name, in: request)
  }

  static func setting(_ session: Sessions.Session, _ context: ReflogRequestContext) -> String {
    context.cookies.setting(name, to: session.id, seconds: Sessions.lifetime.components.seconds, .strict)
  }

  static func clearing(_ context: ReflogRequestContext) -> String {
    context.cookies.setting(name, to: "", seconds: 0, .strict)
  }
}
