import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// Answers whatever a route throws, and where no route leads, and logs it as loudly as it deserves.
struct ErrorMiddleware: RouterMiddleware {
  let failures: FailedAuthentications
  let logger: Logger

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      if Self.isFailedAuthentication(error) { failures.count(from: context.ipAddress) }
      let answer = ErrorAnswer(Self.meaning(of: error, at: request.uri.path))
      answer.log(to: logger, request, context, cause: error)
      return answer.response(context)
    }
  }

  /// Whether somebody could not prove to be anybody: to Reflog, or to Graph.
  private static func isFailedAuthentication(_ error: any Error) -> Bool {
    switch error {
    case RequestError.unauthenticated, ServiceError.otherTenant: true
    case ServiceError.refused(_, let refusal): refusal.httpStatus == 401 && !refusal.isOfOwnCredential
    default: false
    }
  }

  /// Below a version of Graph, what has no route is Graph's, but for the places that are Reflog's own.
  private static func meaning(of error: any Error, at path: String) -> any Error {
    guard let httpError = error as? HTTPError, httpError.status == .notFound else { return error }
    let segments = path.lowercased().split(separator: "/")
    guard let version = segments.first, version == "beta" || version == "v1.0" else { return RequestError.notFound }
    if segments.last == "$batch" { return RequestError.batch }
    let isOwn =
      segments.dropFirst().first == "reflog"
      || segments.dropFirst().first == "auditlogs"
        && ["connectorchanges", "connectorconfigurations", "serviceevents"].contains(segments.dropFirst(2).first ?? "")
    return isOwn ? RequestError.notFound : RequestError.notProxied
  }
}
