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
    if overTLS { response.headers.replaceOrAppend(Self.onlyTLS) }
    for field in Self.alwaysSet { response.headers.replaceOrAppend(field) }
    for field in Self.setIfMissing where !response.headers.contains(field.name) { response.headers.append(field) }
    return response
  }

  private static let onlyTLS = HTTPField(name: .strictTransportSecurity, value: "max-age=31536000")

  private static let alwaysSet = [
    HTTPField(name: .contentTypeOptions, value: "nosniff"),
    HTTPField(name: .referrerPolicy, value: "no-referrer"),
    HTTPField(name: .frameOptions, value: "DENY"),
  ]

  private static let setIfMissing = [
    HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
    HTTPField(name: .cacheControl, value: "no-store"),
  ]
}

extension HTTPFields {
  /// Sets a field.
  ///
  /// The result is the same as with the subscript, but this method needs less time if the field is missing.
  fileprivate mutating func replaceOrAppend(_ field: HTTPField) {
    if contains(field.name) {
      self[field.name] = field.value
    } else {
      append(field)
    }
  }
}
