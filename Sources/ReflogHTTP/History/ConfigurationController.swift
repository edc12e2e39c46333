import Hummingbird
import ReflogModel
import ReflogService

/// What every address holds.
struct ConfigurationController {
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/connectorConfigurations", use: list)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let configurations = try await history.configurations()
    return Response(json: configurations.json(versionURL: try request.versionURL(context)))
  }
}
