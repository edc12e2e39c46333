import HTTPTypes
import Hummingbird

extension Response {
  /// Tells browsers to do nothing of their own accord with an answer, and caches to keep none: every answer is somebody's.
  func secured() -> Response {
    var response = self
    response.headers[named: "X-Content-Type-Options"] = "nosniff"
    response.headers[named: "Referrer-Policy"] = "no-referrer"
    response.headers[named: "X-Frame-Options"] = "DENY"
    if response.headers[named: "Content-Security-Policy"] == nil {
      response.headers[named: "Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}
