import HTTPTypes
import Hummingbird

extension Response {
  /// Returns the answer with the headers that limit browsers and caches.
  ///
  /// Browsers must not guess its type, run anything in it, or frame it. Caches must not store it, unless the route sets
  /// `Cache-Control`: most answers are for one caller only.
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
