import Hummingbird
import ReflogModel
import ReflogService
import Synchronization

/// Lets in only so many requests at once, so that memory and queues have an end: 503 `busy` beyond that, with nothing done.
///
/// Callers whom nobody has proven yet, those with a token of the directory's own, have places of their own: by sending slowly
/// they keep only each other out. An answer that streams holds no place: it is taken piece by piece, and by connections
/// that are limited themselves.
struct AdmissionMiddleware: RouterMiddleware {
  private let proven = Admission(places: RequestLimits.requests)
  private let unproven = Admission(places: RequestLimits.unprovenRequests)

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    let admission =
      switch try context.requireCaller().credential {
      case .roles: proven
      case .directoryToken: unproven
      }
    guard admission.enter() else { throw ServiceError.busy("Too many requests are being worked on.") }
    defer { admission.leave() }
    return try await next(request, context)
  }
}

/// A number of places, each taken by one at a time.
final class Admission: Sendable {
  private let places: Int
  private let taken = Mutex(0)

  init(places: Int) {
    self.places = places
  }

  /// Takes a place; false where there is none.
  func enter() -> Bool {
    taken.withLock { taken in
      guard taken < places else { return false }
      taken += 1
      return true
    }
  }

  func leave() {
    taken.withLock { $0 -= 1 }
  }
}
