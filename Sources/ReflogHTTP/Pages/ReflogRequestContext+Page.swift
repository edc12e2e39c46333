import ReflogModel
import ReflogService
import ReflogWeb

extension ReflogRequestContext {
  /// Returns the frame of a page: the directory's kind and the signed-in person.
  func frame(_ directory: DirectoryKind) -> PageFrame { PageFrame(directory: directory, viewer: viewer) }

  /// Returns the session.
  ///
  /// Every page behind ``PageMiddleware`` has one.
  func requireSession() throws(RequestError) -> Sessions.Session {
    guard let session else { throw .unauthenticated }
    return session
  }

  /// Whether clients reach this server over TLS.
  var isSecure: Bool { publicURL?.lowercased().hasPrefix("https:") ?? (scheme == "https") }
}
