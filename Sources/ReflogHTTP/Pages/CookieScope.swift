import Hummingbird

/// The names of this server's cookies, and the requests with which browsers send them.
struct CookieScope {
  /// Whether browsers connect to this server with TLS.
  let isSecure: Bool
  /// The path below which browsers reach this server, or empty.
  let basePath: String

  /// The requests from pages of other sites with which a browser sends a cookie.
  enum SameSite: String {
    /// None.
    case strict = "Strict"
    /// Links and redirects to a page of this server.
    case lax = "Lax"
  }

  /// Returns the whole name of a cookie.
  ///
  /// Over TLS the name has the prefix `__Host-`. If another host, or a connection without TLS, sets a cookie with this
  /// name, browsers refuse the cookie (RFC 6265bis §4.1.3). Such a cookie must have the path `/`. Below a base path,
  /// other programs on the same host would receive the cookie with every request. So the cookie has the base path, and
  /// the prefix `__Secure-`, which protects only from connections without TLS. The path does not protect the cookie
  /// from these programs: their pages have the same origin as Reflog's pages, and can send requests with the cookie.
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
