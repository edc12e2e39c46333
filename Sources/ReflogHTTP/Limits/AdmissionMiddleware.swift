import Hummingbird
import ReflogModel
import ReflogService
import Synchronization

/// Limits how many requests are in progress at the same time.
///
/// The limit keeps the use of memory small and the queues short. If the limit is reached, the answer is 503 `busy`, and
/// the request has no effect.
///
/// A caller with a token for the directory is not verified yet at this point. Such callers have a separate limit, so a
/// caller that sends slowly can block only other callers that are not verified. A streamed answer is not counted while
/// it is sent: the answer is written piece by piece, and the number of connections has a separate limit.
struct AdmissionMiddleware: RouterMiddleware {
  private let verified = Admission(limit: RequestLimits.requests)
  private let unverified = Admission(limit: RequestLimits.unverifiedRequests)

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    let admission =
      switch try context.requireCaller().credential {
      case .roles: verified
      case .directoryToken: unverified
      }
    guard admission.enter() else { throw ServiceError.busy("Too many requests are in progress.") }
    defer { admission.leave() }
    return try await next(request, context)
  }
}

/// A counter of requests in progress, with a limit.
final class Admission: Sendable {
  private let limit: Int
  private let admitted = Mutex(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts a request as in progress and returns true, or returns false if the limit is reached.
  ///
  /// If the result is true, call ``leave()`` once when the request is finished.
  func enter() -> Bool {
    admitted.withLock { admitted in
      guard admitted < limit else { return false }
      admitted += 1
      return true
    }
  }

  /// Counts a request as finished.
  func leave() {
    admitted.withLock { $0 -= 1 }
  }
}
