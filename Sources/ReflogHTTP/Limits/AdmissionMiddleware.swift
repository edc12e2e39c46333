import Hummingbird

/// Limits how many requests by authenticated callers are in progress at the same time.
///
/// The limits keep the use of memory small and the queues short. A request takes a slot when its body has arrived. If
/// the caller already holds its share of the slots, the request waits. If the request waits too long, the answer is 503
/// `busy`, and the request has no effect. If the answer is streamed, the request is not counted while the answer is
/// sent. Exports are an exception, because they are counted until the whole file was sent.
struct AdmissionMiddleware: RouterMiddleware {
  let admission: Admission

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    let caller = try context.requireCaller()
    return try await admission.admit(request, of: caller, from: context.ipAddress) { body in
      try await next(request, context.receiving(body))
    }
  }
}

/// Limits the number of concurrent requests from each network to routes that need no credential.
struct OpenRouteMiddleware: RouterMiddleware {
  let admission: Admission

  func handle(
    _ request: Request,
    context: ReflogRequestContext,
    next: @concurrent (Request, ReflogRequestContext) async throws -> Response
  ) async throws -> Response {
    try await admission.admitOpen(from: context.ipAddress) { try await next(request, context) }
  }
}
