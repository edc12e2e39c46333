package import Hummingbird
import NIOCore
import ReflogModel
import ReflogService
import ReflogWeb

/// What is known of a request besides its bytes.
package struct ReflogRequestContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// Reflog's own id for the request.
  let requestID: String
  /// The caller's id for the request: correlation, and nothing else.
  var clientRequestID: String?
  /// What the caller named the request.
  var idempotencyKey: IdempotencyKey?
  /// Who asks, once it is proven.
  private(set) var caller: Caller?
  /// Whoever is signed in on the pages.
  private(set) var session: Sessions.Session?
  private(set) var viewer: PageFrame.Viewer?
  /// Where the client is, as far as it can be known.
  var ipAddress: String?
  /// Where clients see this server, without a slash at the end; nothing: where they say they do.
  var publicURL: String?
  /// `http` or `https`, as this server itself speaks.
  var scheme = "http"

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    requestID = GUID.random()
    ipAddress = source.channel.remoteAddress?.ipAddress
  }

  mutating func identify(as caller: Caller) {
    self.caller = caller
  }

  mutating func signIn(_ session: Sessions.Session, as viewer: PageFrame.Viewer) {
    self.session = session
    self.viewer = viewer
  }

  /// The caller; every route behind the authentication has one.
  func requireCaller() throws(RequestError) -> Caller {
    guard let caller else { throw .unauthenticated }
    return caller
  }

  /// The caller, where it is an admin: asked before anything else is looked at. Throws `forbidden`.
  func requireAdmin() throws -> Caller {
    let caller = try requireCaller()
    guard Policy.permits(caller, .administer) else { throw ServiceError.forbidden([]) }
    return caller
  }
}
