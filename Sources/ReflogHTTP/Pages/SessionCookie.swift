import HTTPTypes
import Hummingbird
import ReflogService

/// The cookie that holds the id of a session: for this server alone, out of reach of scripts, and sent from its own pages only.
enum SessionCookie {
  private static let name = "reflog_session"

  /// The id that a request brings.
  static func id(in request: Request) -> String? {
    for pair in (request.headers[.cookie] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: { $0 == " " }) }
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }

  static func setting(_ session: Sessions.Session, isSecure: Bool) -> String {
    cookie(session.id, seconds: Sessions.lifetime.components.seconds, isSecure)
  }

  static func clearing(isSecure: Bool) -> String { cookie("", seconds: 0, isSecure) }

  private static func cookie(_ value: String, seconds: Int64, _ isSecure: Bool) -> String {
    "\(name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }
}
