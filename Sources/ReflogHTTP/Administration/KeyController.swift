import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes to rotate the key that signs the log, and to confirm the replacement of a lost key.
///
/// Only admins can use these routes.
struct KeyController {
  let log: LogPublisher

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/reflog/keys", use: withoutOptions(rotate))
    group.post("/reflog/keys/confirm", use: withoutOptions(confirm))
  }

  private func confirm(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    try context.jsonObject(emptyMeans: [:]).allow()
    let confirmed = try await log.confirmReplacement(for: caller)
    return Response(json: ["confirmed": confirmed.map { .object($0.json) } ?? .null])
  }

  private func rotate(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireAdmin()
    try context.jsonObject(emptyMeans: [:]).allow()
    let (old, new) = try await log.rotate(for: caller)
    return Response(json: ["key": .string(new.text), "previousKey": .string(old.text)], status: .created)
  }
}
