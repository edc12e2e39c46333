import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for the retention policy and for purges.
///
/// Only admins can use these routes.
struct RetentionController {
  let retention: Retention
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/retention")
      .get("", use: withoutOptions(show))
      .post("", use: withoutOptions(set))
      .delete("", use: withoutOptions(keepForEver))
      .post("purge", use: withoutOptions(purge))
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    return try await answer(context)
  }

  /// Sets the retention policy.
  ///
  /// The body is `{"days","override"}`. If `days` is null, history is kept for ever.
  private func set(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    let body = try context.jsonObject()
    try body.allow(only: "days", "override")
    try await retention.set(try Self.policy(body), insisting: try body.flag("override"), for: caller)
    return try await answer(context)
  }

  private func keepForEver(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await retention.set(RetentionPolicy(days: nil), insisting: false, for: try context.requireCaller())
    return Response(status: .noContent)
  }

  /// Begins a purge, or returns only the plan of the purge if `dryRun` is true.
  ///
  /// The body is `{"dryRun","before"}`. To delete only history that the plan included, a caller copies the value of
  /// `before` from the plan into the request that begins the purge.
  private func purge(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    let body = try context.jsonObject(emptyMeans: [:])
    try body.allow(only: "dryRun", "before")
    if try body.flag("dryRun") {
      events.countRead(by: caller.actor)
      return Response(json: try await retention.planPurge(for: caller).json)
    }
    _ = try await retention.purge(before: try body.time("before"), for: caller)
    var response = try await answer(context, status: .accepted)
    response.headers[.location] = "\(try request.versionURL(context))/reflog/retention"
    return response
  }

  private func answer(_ context: ReflogRequestContext, status: HTTPResponse.Status = .ok) async throws -> Response {
    let (policy, purge) = try await retention.status(for: try context.requireCaller())
    let shown = purge.map { $0.json + ["state": .string($0.finished == nil ? "running" : "done")] }
    return Response(json: policy.json + ["purge": shown.map { .object($0) } ?? .null], status: status)
  }

  private static func policy(_ body: JSONObject) throws(RequestError) -> RetentionPolicy {
    if body["days"] == .null { return RetentionPolicy(days: nil) }
    guard let days = body["days"]?.wholeNumber, (1...Int64(RetentionPolicy.maximumDays)).contains(days) else {
      throw .badRequest(
        "days must be a whole number from 1 to \(RetentionPolicy.maximumDays), or null to keep history for ever.",
        target: "days"
      )
    }
    return RetentionPolicy(days: Int(days))
  }
}

extension Purge.Plan {
  fileprivate var json: JSONObject {
    [
      "dryRun": .bool(true), "before": .string(before.description), "changes": .integer(changes),
      "serviceEvents": .integer(events), "held": .integer(held), "standing": .integer(kept),
    ]
  }
}
