package import Hummingbird
import NIOCore
import ReflogModel
import ReflogService
import ReflogWeb

/// The data about a request that Reflog keeps in addition to the bytes of the request.
package struct ReflogRequestContext: RequestContext {
  /// The part of the context that the web framework Hummingbird uses.
  package var coreContext: CoreRequestContextStorage
  /// The id that Reflog created for the request.
  let requestID: String
  /// The value of the header `client-request-id`, or nil if the header is missing.
  ///
  /// The caller chooses this id. Reflog records the id, so that the caller can find the request in the history.
  var clientRequestID: String?
  /// The hashes from the header `Idempotency-Key` and the body, or nil if the header is missing.
  var idempotencyKey: IdempotencyKey?
  /// The parameters in the path.
  var pathParameters = PathParameters()
  /// Hummingbird's path parameters are always empty, because ``RouteTable`` finds the routes.
  @available(*, unavailable, renamed: "pathParameters")
  var parameters: Parameters { coreContext.parameters }
  /// The whole body of the request, or nil if the body was not received yet.
  var body: ByteBuffer?
  /// The authenticated caller, or nil if the caller is not authenticated yet.
  private(set) var caller: Caller?
  /// The session of the signed-in person, or nil if the request has no session.
  private(set) var session: Sessions.Session?
  /// The signed-in person for display on the pages, or nil if the request has no session.
  private(set) var viewer: PageFrame.Viewer?
  /// The warning that every page shows, or nil if the pages show no warning.
  private(set) var warning: String?
  /// The client's IP address, or nil if the address is unknown.
  var ipAddress: String?
  /// The URL that a client uses for this server, without a slash at the end.
  ///
  /// If the value is nil, the URL is built from the request.
  var publicURL: String?
  /// The path below which the client reaches this server, such as `/reflog`, or an empty text.
  var basePath = ""
  /// The time zone in which the page shows times.
  var zone = PageTimeZone.utc
  /// The path and the query of the page that the browser opens after a person has changed the time zone.
  var pagePath = "/"
  /// The scheme that the client used: `http` or `https`.
  var scheme = "http"
  /// The `host:port` that the client used.
  ///
  /// If the value is nil, the `Host` header of the request contains the `host:port`.
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
  /// uses neither middleware.
  func requireCaller() throws(RequestError) -> Caller {
    guard let caller else { throw .unauthenticated }
    return caller
  }

  /// Returns the caller if the caller is an admin, or throws `forbidden`.
  ///
  /// Routes for admins call this method first, so that Reflog does not read the body of a request by another caller.
  func requireAdmin() throws -> Caller {
    let caller = try requireCaller()
    try Policy.require(caller, .administer)
    return caller
  }
}
