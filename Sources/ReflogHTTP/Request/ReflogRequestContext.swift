package import Hummingbird
import NIOCore
import ReflogModel
import ReflogService
import ReflogWeb

/// What Reflog knows about a request in addition to its bytes.
package struct ReflogRequestContext: RequestContext {
  /// Hummingbird's own part of the context.
  package var coreContext: CoreRequestContextStorage
  /// Reflog's own id for the request.
  let requestID: String
  /// The caller's `client-request-id`, used only for correlation, or nil if the request has none.
  var clientRequestID: String?
  /// The request's `Idempotency-Key`, or nil if it has none.
  var idempotencyKey: IdempotencyKey?
  /// The authenticated caller, or nil before authentication.
  private(set) var caller: Caller?
  /// The session of the pages, or nil if the request has none.
  private(set) var session: Sessions.Session?
  /// The signed-in person as the pages show them, or nil without a session.
  private(set) var viewer: PageFrame.Viewer?
  /// The client's address, or nil if it is unknown.
  var ipAddress: String?
  /// The URL by which clients reach this server, without a slash at the end, or nil to take it from the request's
  /// `Host`.
  var publicURL: String?
  /// The scheme that this server itself serves: `http` or `https`.
  var scheme = "http"

  /// Creates the context of a new request, with a new request id and the peer's address.
  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    requestID = GUID.random()
    ipAddress = source.channel.remoteAddress?.ipAddress
  }

  /// Sets the authenticated caller.
  mutating func identify(as caller: Caller) {
    self.caller = caller
  }

  /// Sets the session of the pages and the person it belongs to.
  mutating func signIn(_ session: Sessions.Session, as viewer: PageFrame.Viewer) {
    self.session = session
    self.viewer = viewer
  }

  /// Returns the caller.
  ///
  /// Every route behind the authentication has one.
  func requireCaller() throws(RequestError) -> Caller {
    guard let caller else { throw .unauthenticated }
    return caller
  }

  /// Returns the caller if it is an admin, or throws `forbidden`.
  ///
  /// Routes for admins check this before they read the body.
  func requireAdmin() throws -> Caller {
    let caller = try requireCaller()
    guard Policy.permits(caller, .administer) else { throw ServiceError.forbidden([]) }
    return caller
  }
}
