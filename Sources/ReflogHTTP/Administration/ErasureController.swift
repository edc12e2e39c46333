import Hummingbird
import ReflogModel
import ReflogService

/// The routes to erase the personal data that Reflog recorded about a person, an application or an API token.
///
/// Only admins can use these routes.
struct ErasureController {
  /// The maximum length, in bytes, of an actor's id or name.
  ///
  /// Every id from Entra or Reflog is shorter.
  private static let idLimit = 256
  /// The names of the members that can identify an actor in the body of a request.
  ///
  /// A body has exactly one of these members.
  private static let subjects = ["actor", "app", "token"]

  let retention: Retention
  let tokens: TokenService
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/erasures")
      .get("", use: withoutOptions(list))
      .post("", use: withoutOptions(erase))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    return Self.answer(try await retention.erasures(for: try context.requireCaller()))
  }

  /// Begins an erasure, or returns only the plan of the erasure if `dryRun` is true.
  ///
  /// The body is `{"actor" or "app" or "token","dryRun"}`.
  private func erase(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    let body = try context.jsonObject()
    try body.allow(only: "actor", "app", "token", "dryRun")
    let given = Self.subjects.filter { body[$0] != nil }
    guard let member = given.first, given.count == 1 else {
      throw RequestError.badRequest(
        "Give exactly one of actor, app and token: the one whose data is to be erased.",
        target: given.last ?? "actor"
      )
    }
    let id = try body.requiredText(member, upTo: Self.idLimit)
    let subject: Erasure.Subject =
      switch member {
      case "app": .app(id)
      case "token": .token(try await tokenID(id, caller))
      default: .actor(id)
      }
    if try body.flag("dryRun") {
      events.countRead(by: caller.actor)
      let plan = try await retention.planErasure(of: subject, for: caller)
      return Response(json: [
        "dryRun": .bool(true), member: .string(id), "changes": .integer(plan.changes),
        "serviceEvents": .integer(plan.events), "held": .integer(plan.held),
      ])
    }
    var response = Self.answer(try await retention.erase(subject, for: caller), status: .accepted)
    response.headers[.location] = "\(try request.versionURL(context))/reflog/erasures"
    return response
  }

  /// Returns the id of the API token whose name is `text`, or `text` itself if no token has this name.
  private func tokenID(_ text: String, _ caller: Caller) async throws -> String {
    try await tokens.tokens(for: caller).first { $0.name == text }?.id ?? text
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
      "changes": .integer(changes), "serviceEvents": .integer(events),
      "state": .string(finished == nil ? "running" : "done"),
    ]
  }
}
