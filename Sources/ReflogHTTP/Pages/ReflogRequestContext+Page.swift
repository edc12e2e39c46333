import ReflogModel
import ReflogService
import ReflogWeb

extension ReflogRequestContext {
  /// Returns the frame around a page.
  ///
  /// The frame shows the kind of the directory, the signed-in person and a warning.
  ///
  /// - Parameters:
  ///   - directory: The kind of the directory.
  ///   - unknownZone: The unknown name of a time zone that the person typed, or nil if the person typed none.
  func frame(_ directory: DirectoryKind, unknownZone: String? = nil) -> PageFrame {
    PageFrame(
      directory: directory,
      viewer: viewer,
      warning: warning,
      zone: zone,
      unknownZone: unknownZone,
      path: pagePath,
      basePath: basePath
    )
  }

  /// Returns the session of the signed-in person.
  ///
  /// ``PageMiddleware`` sets the session for every page, so the method throws an error only if a route does not use
  /// that middleware.
  func requireSession() throws(RequestError) -> Sessions.Session {
    guard let session else { throw .unauthenticated }
    return session
  }

  /// The names and the scope of the cookies.
  var cookies: CookieScope { CookieScope(isSecure: isSecure, basePath: basePath) }

  /// Whether clients connect to this server with TLS.
  var isSecure: Bool { publicURL?.lowercased().hasPrefix("https:") ?? (scheme == "https") }
}
