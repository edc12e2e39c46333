package import Hummingbird
import NIOCore
import ReflogModel
import ReflogService
import ReflogWeb

/// The data that Reflog stores about a request in addition to the request's bytes.
package struct ReflogRequestContext: RequestContext {
  /// Hummingbird's part of the context.
  package var coreContext: CoreRequestContextStorage
  /// The id that Reflog created for the request.
  let requestID: String
  /// The caller's `client-request-id`, or nil if the request has no such header.
  ///
  /// Reflog only records this id. With the id, the caller can find the request in the history.
  var clientRequestID: String?
  /// The request's `Idempotency-Key`, or nil if the request has no such header.
  var idempotencyKey: IdempotencyKey?
  /// The whole body of the request, or nil if the body was not received yet.
  var body: ByteBuffer?
  /// Facts for the headers of the answer.
  let notes = AnswerNotes()
  /// The authenticated caller, or nil if the caller is not authenticated yet.
  private(set) var caller: Caller?
  /// The session of the pages, or nil if the request has no session.
  private(set) var session: Sessions.Session?
  /// The signed-in person for display on the pages, or nil if the request has no session.
  private(set) var viewer: PageFrame.Viewer?
  /// The warning that every page shows, or nil if the pages show no warning.
  private(set) var warning: String?
  /// The client's address, or nil if it is unknown.
  var ipAddress: String?
  /// The URL that a client uses for this server, without a slash at the end.
  ///
  /// If it is nil, the URL is built from the request.
  var publicURL: String?
  /// The scheme that the client used: `http` or `https`.
  var scheme = "http"
  /// The `host:port` that the client used, or nil if it is the request's `Host`.
  var authority: String?
  /// The connection on which the request arrived.
  let channel: any Channel

  /// Creates the context of a new request, with a new request id and the peer's address.
  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    requestID = GUID.random()
    channel = source.channel
    ipAddress = source.channel.remoteAddress?.ipAddress
  }

  /// Sets the authenticated caller.
  mutating func identify(as caller: Caller) {
    self.caller = caller
    if let expiry = caller.tokenExpiry { notes.tokenExpiry = expiry }
  }

  /// Sets the session of the pages, the person to whom the session belongs, and a warning for every page.
  mutating func signIn(_ session: Sessions.Session, as viewer: PageFrame.Viewer, warning: String?) {
    self.session = session
    self.viewer = viewer
    self.warning = warning
  }

  /// Returns the caller.
  ///
  /// ``AuthenticationMiddleware`` or ``PageMiddleware`` sets the caller. So the method throws an error only if a route
  /// is behind neither middleware.
  func requireCaller() throws(RequestError) -> Caller {
    guard let caller else { throw .unauthenticated }
    return caller
  }

  /// Returns the caller if the caller is an admin, or throws `forbidden`.
  ///
  /// Routes for admins call this method first, so that Reflog does not read the body of a request by another caller.
  func requireAdmin() throws -> Caller {
    let caller = try requireCaller()
    guard Policy.permits(caller, .administer) else { throw ServiceError.forbidden([]) }
    return caller
  }
}
