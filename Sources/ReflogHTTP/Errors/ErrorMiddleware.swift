import HTTPTypes
import Hummingbird
import Logging
import ReflogModel
import ReflogService

/// The error that is thrown if no route handles a request.
struct UnroutedRequest: Error {}

/// Answers and logs every error that a route throws.
///
/// Only ``UnroutedRequest`` is thrown again, because ``RootResponder`` answers a request that no route handles.
struct ErrorMiddleware: RouterMiddleware {
  let failures: FailedAuthentications
  let pace: RefusalPace
  let authentication: Authentication
  let logger: Logger

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let thrown {
      let (error, expiry) = ExpiringTokenError.parts(of: thrown)
      if error is UnroutedRequest { throw thrown }
      if Self.isFailedAuthentication(error) {
        failures.count(from: context.ipAddress)
        await pace.delay(SlotHolder(context.ipAddress))
      }
      var answer = ErrorAnswer(error)
      if case RequestError.unauthenticated = error {
        answer = answer.advising(AcceptedTokens.advice(authentication.modes, at: request.uri.path))
      }
      answer.log(to: logger, request, context, cause: error)
      return answer.response(context).reporting(expiry)
    }
  }

  /// Returns whether Reflog or Microsoft Graph refused the caller's credential.
  private static func isFailedAuthentication(_ error: any Error) -> Bool {
    switch error {
    case RequestError.unauthenticated, ServiceError.otherTenant: true
    case ServiceError.refused(_, let refusal): refusal.httpStatus == 401 && !refusal.isOfOwnCredential
    default: false
    }
  }
}
