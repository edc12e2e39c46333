import HTTPTypes
import Hummingbird
import ReflogService

/// The cookie with the id of a session.
///
/// It is sent only to this server and from its own pages, and scripts can't read it.
enum SessionCookie {
  /// Over TLS the name has the prefix `__Host-`: browsers then refuse a cookie of this name that another host or a
  /// plain connection set (RFC 6265bis §4.1.3).
  private static func name(_ isSecure: Bool) -> String { (isSecure ? "__Host-" : "") + "reflog_session" }

  /// Returns the session id in a request, or nil if it has none.
  static func id(in request: Request, isSecure: Bool) -> String? { request.cookie(named: name(isSecure)) }

  static func setting(_ session: Sessions.Session, isSecure: Bool) -> String {
    cookie(session.id, seconds: Sessions.lifetime.components.seconds, isSecure)
  }

  static func clearing(isSecure: Bool) -> String { cookie("", seconds: 0, isSecure) }

  private static func cookie(_ value: String, seconds: Int64, _ isSecure: Bool) -> String {
    "\(name(isSecure))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }
}
