import Hummingbird
import ReflogModel
import ReflogService

/// The route to rotate the key that signs the log.
///
/// Admins only.
struct KeyController {
  let log: LogPublisher

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/reflog/keys", use: rotate)
  }

  private func rotate(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let caller = try context.requireAdmin()
    try await request.jsonObject(emptyMeans: [:]).allow()
    let (old, new) = try await log.rotate(for: caller)
    return Response(json: ["key": .string(new.text), "previousKey": .string(old.text)], status: .created)
  }
}
