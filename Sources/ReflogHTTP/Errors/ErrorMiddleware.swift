import HTTPTypes
import Hummingbird
import Logging

/// Answers whatever a route throws, and where no route leads, and logs it as loudly as it deserves.
struct ErrorMiddleware: RouterMiddleware {
  let logger: Logger

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      let answer = ErrorAnswer(Self.meaning(of: error, at: request.uri.path))
      logger.log(
        level: answer.logLevel,
        "refused",
        metadata: [
          "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(answer.status.code)",
          "code": "\(answer.code)", "request-id": "\(context.requestID)",
          "message": "\(answer.logLevel >= .error ? "\(error)" : answer.message)",
        ]
      )
      return answer.response(context)
    }
  }

  /// Below a version of Graph, what has no route is Graph's.
  private static func meaning(of error: any Error, at path: String) -> any Error {
    guard let httpError = error as? HTTPError, httpError.status == .notFound else { return error }
    let first = path.split(separator: "/").first?.lowercased()
    return first == "beta" || first == "v1.0" ? RequestError.notProxied : RequestError.notFound
  }
}
