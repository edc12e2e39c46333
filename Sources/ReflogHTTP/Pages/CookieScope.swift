import Hummingbird

/// Determines the names of this server's cookies, and with which requests browsers send the cookies.
struct CookieScope {
  /// Whether browsers connect to this server with TLS.
  let isSecure: Bool
  /// The path below which browsers reach this server, or an empty text.
  let basePath: String

  /// Determines whether a browser sends a cookie with a request that a page of another site causes.
  enum SameSite: String {
    /// The browser never sends the cookie with such a request.
    case strict = "Strict"
    /// The browser sends the cookie if the person follows a link or a redirect to a page of this server.
    case lax = "Lax"
  }

  /// Returns the name of a cookie with its prefix.
  ///
  /// Over TLS, the prefix is `__Host-`. Browsers refuse a cookie with this prefix if another host or a connection
  /// without TLS sets it (RFC 6265bis §4.1.3). A cookie with this prefix must have the path `/`.
  ///
  /// Below a base path, the cookie has the base path as its path, because with the path `/`, other programs on the same
  /// host would receive the cookie with every request. The prefix is then `__Secure-`, which protects only from
  /// connections without TLS. The path does not protect the cookie from the pages of these other programs: they have
  /// the same origin as the pages of Reflog, and can send requests with the cookie.
  private func whole(_ name: String) -> String {
    (isSecure ? basePath.isEmpty ? "__Host-" : "__Secure-" : "") + name
  }

  /// Returns the value of a cookie in a request, or nil if the request has no such cookie.
  func value(of name: String, in request: Request) -> String? { request.cookie(named: whole(name)) }

  /// Returns the header `Set-Cookie` for a cookie that scripts can't read.
  func setting(_ name: String, to value: String, seconds: Int64, _ sameSite: SameSite) -> String {
    let path = basePath.isEmpty ? "/" : basePath
    return "\(whole(name))=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=\(sameSite.rawValue)"
      + (isSecure ? "; Secure" : "")
  }
}
