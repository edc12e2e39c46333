import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for legal holds.
///
/// History under a legal hold is kept, even if the retention policy allows its deletion.
///
/// Only admins can use these routes.
struct HoldController {
  /// The maximum length, in bytes, of the reason for a legal hold.
  private static let reasonLimit = 1024

  let retention: Retention

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/holds")
      .get("", use: withoutOptions(list))
      .post("", use: withoutOptions(place))
      .delete(":hold", use: withoutOptions(release))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let holds = try await retention.holds(for: try context.requireCaller())
    return Response(json: ["value": .array(holds.map { .object($0.json) })])
  }

  /// Places a legal hold.
  ///
  /// The body is `{"name","reason","flowType","flowId"}`. If the body contains no flow, the hold covers all history.
  private func place(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    let body = try context.jsonObject()
    try body.allow(only: "name", "reason", "flowType", "flowId")
    let name = try body.requiredText("name", upTo: LegalHold.maximumNameLength)
    guard name.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "-_.".utf8.contains($0) }) else {
      throw RequestError.badRequest("name must have only letters, digits, '-', '_' and '.'.", target: "name")
    }
    let hold = try await retention.place(
      named: name,
      on: try body.flowScope() ?? .everything,
      because: try body.requiredText("reason", upTo: Self.reasonLimit),
      for: caller
    )
    return Response(json: hold.json, status: .created)
  }

  private func release(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await retention.release(context.pathParameters["hold"] ?? "", for: try context.requireCaller())
    return Response(status: .noContent)
  }
}

extension LegalHold {
  fileprivate var json: JSONObject {
    ["name": .string(name)] + scope.json + [
      "reason": .string(reason), "placedDateTime": .string(placed.description),
    ]
  }
}
