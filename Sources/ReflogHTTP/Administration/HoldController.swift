import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The legal holds: history that is kept regardless of its age.
///
/// Admins only.
struct HoldController {
  /// The bytes of a hold's reason.
  private static let reasonLimit = 1024

  let retention: Retention

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/holds")
      .get("", use: list)
      .post("", use: place)
      .delete(":hold", use: release)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let holds = try await retention.holds(for: try context.requireCaller())
    return Response(json: ["value": .array(holds.map { .object($0.json) })])
  }

  /// Reads `{"name","reason","flowType","flowId"}` and places the hold.
  ///
  /// Without a flow it covers all history.
  private func place(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let caller = try context.requireAdmin()
    let body = try await request.jsonObject()
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
    _ = try QueryOptions(request, allowing: [])
    try await retention.release(context.parameters.get("hold") ?? "", for: try context.requireCaller())
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
