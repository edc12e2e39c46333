import ReflogModel
import ReflogService
import ReflogWeb

extension ReflogRequestContext {
  /// What stands around a page for whoever is signed in.
  func frame(_ directory: DirectoryKind) -> PageFrame { PageFrame(directory: directory, viewer: viewer) }

  /// The session; every page behind ``PageMiddleware`` has one.
  func requireSession() throws(RequestError) -> Sessions.Session {
    guard let session else { throw .unauthenticated }
    return session
  }

  /// Whether clients reach this server over TLS.
  var isSecure: Bool { publicURL?.lowercased().hasPrefix("https:") ?? (scheme == "https") }
}
