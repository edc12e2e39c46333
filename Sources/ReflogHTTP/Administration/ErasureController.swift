import Hummingbird
import ReflogModel
import ReflogService

/// The routes to erase the personal data that Reflog recorded about a person.
///
/// Admins only.
struct ErasureController {
  /// The maximum length of a person's id in bytes.
  ///
  /// Every id from Entra or Reflog is shorter.
  private static let idLimit = 256

  let retention: Retention

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/erasures")
      .get("", use: list)
      .post("", use: erase)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return Self.answer(try await retention.erasures(for: try context.requireCaller()))
  }

  /// Reads `{"actor","dryRun"}` and returns the plan, or begins the erasure.
  private func erase(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let caller = try context.requireAdmin()
    let body = try await request.jsonObject()
    try body.allow(only: "actor", "dryRun")
    let actor = try body.requiredText("actor", upTo: Self.idLimit)
    if try body.flag("dryRun") {
      let plan = try await retention.planErasure(of: actor, for: caller)
      return Response(json: [
        "dryRun": .bool(true), "actor": .string(actor), "changes": .integer(plan.changes),
        "serviceEvents": .integer(plan.events), "held": .integer(plan.held),
      ])
    }
    var response = Self.answer(try await retention.erase(actor, for: caller), status: .accepted)
    response.headers[.location] = "\(try request.versionURL(context))/reflog/erasures"
    return response
  }

  private static func answer(_ erasures: [Erasure], status: HTTPResponse.Status = .ok) -> Response {
    Response(json: ["value": .array(erasures.map { .object($0.json) })], status: status)
  }
}

extension Erasure {
  fileprivate var json: JSONObject {
    [
      "id": .string(String(id)), "actorType": .string(actorType.rawValue), "actor": .string(actorID),
      "askedDateTime": .string(asked.description), "finishedDateTime": .optional(finished?.description),
      "state": .string(finished == nil ? "running" : "done"),
    ]
  }
}
