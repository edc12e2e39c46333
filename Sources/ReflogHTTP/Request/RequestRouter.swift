import HTTPTypes
import Hummingbird

/// Collects the routes of the server.
///
/// Controllers add their routes with Hummingbird's groups and middleware. ``RouteTable`` then finds the route of a
/// request. Of Hummingbird's forms of segments, only a fixed text, `:name` or `{name}`, and `**` at the end are
/// supported.
final class RequestRouter: RouterMethods {
  typealias Context = ReflogRequestContext

  /// A method and a path, and what answers the requests for them.
  struct Route {
    let method: HTTPRequest.Method
    /// The path, for example `/{version}/reflog/tokens/{token}` or `/tile/**`.
    ///
    /// `{name}` is any segment. `**` is one or more segments at the end.
    let path: String
    /// The handler of the route, with the middleware in front of it.
    let responder: any HTTPResponder<ReflogRequestContext>
  }

  /// The routes in the order in which they were added.
  private(set) var routes: [Route] = []
  // Hummingbird's list of middleware can only be created as a part of Hummingbird's router.
  private let middleware = Router(context: ReflogRequestContext.self).middlewares

  /// Adds a route. Its requests pass through the middleware that was added before.
  @discardableResult
  func on<Responder: HTTPResponder>(
    _ path: RouterPath,
    method: HTTPRequest.Method,
    responder: Responder
  ) -> Self where Responder.Context == ReflogRequestContext {
    let responder = middleware.constructResponder(finalResponder: responder)
    routes.append(Route(method: method, path: "\(path)", responder: responder))
    return self
  }

  /// Adds middleware for all routes that are added later.
  @discardableResult
  func add(middleware: any MiddlewareProtocol<Request, Response, ReflogRequestContext>) -> Self {
    self.middleware.add(middleware)
    return self
  }

  /// Returns the responder for a request that no route handles.
  ///
  /// The responder throws ``UnroutedRequest`` after the request has passed through all middleware of this router.
  func unrouted() -> any HTTPResponder<ReflogRequestContext> {
    middleware.constructResponder(finalResponder: CallbackResponder { _, _ in throw UnroutedRequest() })
  }
}
