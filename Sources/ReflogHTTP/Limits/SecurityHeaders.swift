import HTTPTypes
import Hummingbird

extension Response {
  /// Returns the answer with headers that restrict browsers and caches.
  ///
  /// Browsers must not guess the type of the answer, run code in it, or show it in a frame. Most answers are for one
  /// caller only, so caches must not store the answer. A route can allow caching if it sets `Cache-Control`.
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
