import HTTPTypes
import Hummingbird

extension Response {
  /// Tells browsers to do nothing of their own accord with an answer, and caches to keep none: every answer is somebody's.
  func secured() -> Response {
    var response = self
    response.headers[.contentTypeOptions] = "nosniff"
    response.headers[.referrerPolicy] = "no-referrer"
    response.headers[.frameOptions] = "DENY"
    if response.headers[.contentSecurityPolicy] == nil {
      response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    }
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}
