import HTTPTypes
import Hummingbird

extension Response {
  /// Returns the answer with headers that restrict browsers and caches.
  ///
  /// With these headers, a browser does not guess the type of the answer, does not run code in the answer, and does not
  /// show the answer in a frame. Caches do not store the answer, because most answers are for one caller only. If a
  /// route has already set `Cache-Control`, that value is kept.
  ///
  /// - Parameter overTLS: Whether the client used TLS. If true, a header tells the browser to use only TLS for this
  ///   server (RFC 6797).
  func secured(overTLS: Bool) -> Response {
    var response = self
    if overTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
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
