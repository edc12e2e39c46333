import Hummingbird
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
      .get("", use: show)
      .post("", use: set)
      .delete("", use: keepForEver)
      .post("purge", use: purge)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return try await answer(context)
  }

  /// Sets the retention policy.
  ///
  /// The body is `{"days","override"}`. If `days` is null, history is kept for ever.
  private func set(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let caller = try context.requireAdmin()
    let body = try context.jsonObject()
    try body.allow(only: "days", "override")
    try await retention.set(try Self.policy(body), insisting: try body.flag("override"), for: caller)
    return try await answer(context)
  }

  private func keepForEver(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    try await retention.set(RetentionPolicy(days: nil), insisting: false, for: try context.requireCaller())
    return Response(status: .noContent)
  }

  /// Begins a purge, or returns only the plan of the purge if `dryRun` is true.
  ///
  /// The body is `{"dryRun","before"}`. To delete only history that the plan included, a caller copies the value of
  /// `before` from the plan into the request that begins the purge.
  private func purge(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
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
    let json: JSONObject = [
      "days": policy.days.map { .integer($0) } ?? .null, "minimumDays": .integer(RetentionPolicy.minimumDays),
      "purge": purge.map { .object($0.json) } ?? .null,
    ]
    return Response(json: json, status: status)
  }

  private static func policy(_ body: JSONObject) throws(RequestError) -> RetentionPolicy {
    switch body["days"] {
    case .null: return RetentionPolicy(days: nil)
    case .number(let text):
      if let days = Int(text), (1...RetentionPolicy.maximumDays).contains(days) { return RetentionPolicy(days: days) }
    default: break
    }
    throw .badRequest(
      "days must be a whole number from 1 to \(RetentionPolicy.maximumDays), or null to keep history for ever.",
      target: "days"
    )
  }
}

extension Purge {
  fileprivate var json: JSONObject {
    [
      "id": .string(String(id)), "before": .string(before.description), "askedDateTime": .string(asked.description),
      "finishedDateTime": .optional(finished?.description),
      "state": .string(finished == nil ? "running" : "done"),
    ]
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
