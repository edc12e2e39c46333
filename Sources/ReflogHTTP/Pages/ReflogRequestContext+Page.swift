import ReflogModel
import ReflogService
import ReflogWeb

extension ReflogRequestContext {
  /// Returns the frame around a page, which shows the directory's kind and the signed-in person.
  func frame(_ directory: DirectoryKind) -> PageFrame {
    PageFrame(
      directory: directory,
      viewer: viewer,
      warning: warning,
      zone: zone,
      path: pagePath,
      basePath: basePath
    )
  }

  /// Returns the session.
  ///
  /// ``PageMiddleware`` sets the session for every page, so the method throws only if a route is not behind that
  /// middleware.
  func requireSession() throws(RequestError) -> Sessions.Session {
    guard let session else { throw .unauthenticated }
    return session
  }

  /// The names and the scope of the cookies.
  var cookies: CookieScope { CookieScope(isSecure: isSecure, basePath: basePath) }

  /// Whether clients connect to this server with TLS.
  var isSecure: Bool { publicURL?.lowercased().hasPrefix("https:") ?? (scheme == "https") }
}
