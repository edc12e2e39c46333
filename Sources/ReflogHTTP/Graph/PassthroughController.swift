import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// Forwards requests that can't change a reference.
///
/// The paths of these requests are below a user flow or a connector. The requests are not recorded.
struct PassthroughController {
  let changes: ChangeService

  /// The parts of a flow that a caller can write, because a write to these parts can't change a reference.
  private static let writableParts = [
    "identityProviders", "languages", "userAttributeAssignments", "userFlowIdentityProviders",
  ]

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity")
      .get("apiConnectors/$count", use: read)
      .get("apiConnectors/:connector/**", use: read)
      .get(":flowType/$count", use: read)
      .get(":flowType/:flow/**", use: read)
      .post(":flowType/:flow/**") { try await write(.post, $0, $1) }
      .put(":flowType/:flow/**") { try await write(.put, $0, $1) }
      .patch(":flowType/:flow/**") { try await write(.patch, $0, $1) }
      .delete(":flowType/:flow/**") { try await write(.delete, $0, $1) }
  }

  private func read(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard !Self.leavesItsFolder(request.uri.path) else { throw UnforwardedRequest.error(at: request.uri.path) }
    return try await changes.answer(.other(path: try path(request, context)), to: request, context)
  }

  private func write(
    _ method: DirectoryWrite.Method,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    _ = try context.flowType()
    let part = context.pathParameters[PathParameters.rest]?.split(separator: "/").first?.lowercased() ?? ""
    guard Self.writableParts.contains(where: { $0.lowercased() == part }), Self.isPlain(request.uri.path) else {
      throw UnforwardedRequest.error(at: request.uri.path)
    }
    let body = try context.boundedBody(upTo: RequestLimits.passthroughBody)
    try SentBody.checkForwarded(body.readableBytesView, as: request.headers[.contentType])
    let passthrough = DirectoryWrite.Passthrough(
      method: method,
      version: try context.version(),
      path: try path(request, context),
      query: try request.queryItems(),
      contentType: request.headers[.contentType],
      body: Array(body.readableBytesView)
    )
    return try await changes.answer(.other(passthrough), to: request, context)
  }

  /// Returns whether all kinds of servers split the path into the same segments.
  ///
  /// Some servers treat `;` as the end of a segment. So a path with `..;` or with an encoded character could write to a
  /// resource outside of the writable part.
  private static func isPlain(_ path: String) -> Bool {
    path.utf8.allSatisfy { $0.isUnreserved || "/$@=,:'()+!*".utf8.contains($0) } && !leavesItsFolder(path)
  }

  /// Returns whether some servers would read a segment of the path, for example `..;`, as `..`.
  ///
  /// With such a path, a caller could read a resource that the caller's role does not permit, because Reflog's own
  /// credential can read more.
  private static func leavesItsFolder(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0.hasPrefix("..") }
  }

  /// Checks the flow type and the ids in the path, and returns the part of the canonical path that follows
  /// `/{version}/identity`.
  private func path(_ request: Request, _ context: ReflogRequestContext) throws(RequestError) -> String {
    if context.pathParameters["flowType"] != nil { _ = try context.flowType() }
    if context.pathParameters["flow"] != nil { _ = try context.flowID() }
    if context.pathParameters["connector"] != nil { _ = try context.connectorID() }
    return "/" + request.uri.path.split(separator: "/").dropFirst(2).joined(separator: "/")
  }
}
