import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The route for the status of this server's ledger.
struct StatusController {
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/reflog/status", use: status)
  }

  private func status(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return Response(json: try await history.status().json)
  }
}
