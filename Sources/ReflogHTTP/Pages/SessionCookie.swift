import HTTPTypes
import Hummingbird
import ReflogService

/// The cookie that holds the id of a session: for this server alone, out of reach of scripts, and sent from its own pages only.
enum SessionCookie {
  /// Over TLS the prefix has browsers refuse a cookie of this name that another host or a plain connection set (RFC 6265bis §4.1.3).
  private static func name(_ isSecure: Bool) -> String { (isSecure ? "__Host-" : "") + "reflog_session" }

  /// The id that a request brings.
  static func id(in request: Request, isSecure: Bool) -> String? { request.cookie(named: name(isSecure)) }

  static func setting(_ session: Sessions.Session, isSecure: Bool) -> String {
    cookie(session.id, seconds: Sessions.lifetime.components.seconds, isSecure)
  }

  static func clearing(isSecure: Bool) -> String { cookie("", seconds: 0, isSecure) }

  private static func cookie(_ value: String, seconds: Int64, _ isSecure: Bool) -> String {
    "\(name(isSecure))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }
}
