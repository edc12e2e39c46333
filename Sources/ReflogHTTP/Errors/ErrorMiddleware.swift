import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// Answers and logs every error that a route throws, and every request to an unknown path.
struct ErrorMiddleware: RouterMiddleware {
  let failures: FailedAuthentications
  let authentication: Authentication
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
      var answer = ErrorAnswer(Self.meaning(of: error, at: request.uri.path))
      if case RequestError.unauthenticated = error {
        answer = answer.advising(AcceptedTokens.advice(authentication.modes, at: request.uri.path))
      }
      answer.log(to: logger, request, context, cause: error)
      return answer.response(context)
    }
  }

  /// Returns whether the caller's credential was refused, by Reflog or by Microsoft Graph.
  private static func isFailedAuthentication(_ error: any Error) -> Bool {
    switch error {
    case RequestError.unauthenticated, ServiceError.otherTenant: true
    case ServiceError.refused(_, let refusal): refusal.httpStatus == 401 && !refusal.isOfOwnCredential
    default: false
    }
  }

  /// Returns the error to report for an error at a path.
  ///
  /// An unknown path that begins with a version of Microsoft Graph is reported as `notProxied`. If the path begins with
  /// a prefix of Reflog's API, it is reported as `notFound`.
  private static func meaning(of error: any Error, at path: String) -> any Error {
    guard let httpError = error as? HTTPError, httpError.status == .notFound else { return error }
    let segments = path.lowercased().split(separator: "/")
    guard let version = segments.first, version == "beta" || version == "v1.0" else { return RequestError.notFound }
    if segments.last == "$batch" { return RequestError.batch }
    let isOwn =
      segments.dropFirst().first == "reflog"
      || segments.dropFirst().first == "auditlogs"
        && ["connectorchanges", "connectorconfigurations", "serviceevents", "exportmanifests"]
          .contains(segments.dropFirst(2).first ?? "")
    return isOwn ? RequestError.notFound : RequestError.notProxied
  }
}
