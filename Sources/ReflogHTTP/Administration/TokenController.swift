import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for API tokens.
///
/// Only admins can use these routes.
struct TokenController {
  let tokens: TokenService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/tokens")
      .get("", use: withoutOptions(list))
      .post("", use: withoutOptions(create))
      .delete(":token", use: withoutOptions(revoke))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let all = try await tokens.tokens(for: try context.requireCaller())
    return Response(json: ["value": .array(all.map { .object($0.json) })])
  }

  private func create(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    let body = try TokenBody(try context.jsonObject())
    let made = try await tokens.create(name: body.name, role: body.role, lifetime: body.lifetime, for: caller)
    var json = made.token.json
    json["token"] = .string(made.text)
    return Response(json: json, status: .created)
  }

  private func revoke(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await tokens.revoke(id: context.pathParameters["token"] ?? "", for: try context.requireCaller())
    return Response(status: .noContent)
  }
}

/// The body of a request that creates an API token: `{"name","role","expiresInDays"}`.
///
/// Only `expiresInDays` is optional.
private struct TokenBody {
  let name: String
  let role: Role
  let lifetime: Duration

  init(_ body: JSONObject) throws(RequestError) {
    try body.allow(only: "name", "role", "expiresInDays")
    guard let name = body["name"]?.string else { throw .badRequest("name must be a string.", target: "name") }
    guard let role = body["role"]?.string.flatMap(Role.init(rawValue:)) else {
      throw .badRequest("role must be reader, operator, admin or metrics.", target: "role")
    }
    self.name = name
    self.role = role
    guard let given = body["expiresInDays"] else {
      lifetime = APIToken.defaultLifetime
      return
    }
    guard let days = given.wholeNumber, (1...3650).contains(days) else {
      throw .badRequest("expiresInDays must be a whole number from 1 to 3650.", target: "expiresInDays")
    }
    lifetime = .seconds(days * 86_400)
  }
}
