import HTTPTypes
import Hummingbird
import ReflogService

/// The cookie that contains the id of a session.
///
/// The browser sends the cookie only to this server, and only from this server's pages. Scripts can't read the cookie.
enum SessionCookie {
  /// Returns the name of the cookie.
  ///
  /// Over TLS the name has the prefix `__Host-`. If another host, or a connection without TLS, sets a cookie with this
  /// name, browsers refuse the cookie (RFC 6265bis §4.1.3).
  private static func name(_ isSecure: Bool) -> String { (isSecure ? "__Host-" : "") + "reflog_session" }

  /// Returns the session id in a request, or nil if the request has no session id.
  static func id(in request: Request, isSecure: Bool) -> String? { request.cookie(named: name(isSecure)) }

  static func setting(_ session: Sessions.Session, isSecure: Bool) -> String {
    cookie(session.id, seconds: Sessions.lifetime.components.seconds, isSecure)
  }

  static func clearing(isSecure: Bool) -> String { cookie("", seconds: 0, isSecure) }

  private static func cookie(_ value: String, seconds: Int64, _ isSecure: Bool) -> String {
    "\(name(isSecure))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }
}
