import FoundationEssentials
import Hummingbird
import ReflogModel
import ReflogService

/// What every address holds, or held.
struct ConfigurationController {
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/connectorConfigurations", use: list)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let moment = try QueryOptions(request, allowing: [.asOf]).moment() ?? Timestamp(Date())
    let configurations = try await history.configurations(asOf: moment)
    return Response(json: configurations.json(versionURL: try request.versionURL(context)))
  }
}
