import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// API connectors, as Graph has them.
struct ConnectorController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity/apiConnectors")
      .get("", use: list)
      .post("", use: create)
      .get(":connector", use: one)
      .patch(":connector", use: update)
      .delete(":connector", use: delete)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return Response(try await changes.read(.connectors), versionURL: try request.versionURL(context))
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let response = try await changes.read(.connector(try context.connectorID()))
    return Response(response, versionURL: try request.versionURL(context))
  }

  private func create(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return try await perform(.createConnector(try await request.jsonObject()), request, context)
  }

  private func update(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let id = try context.connectorID()
    return try await perform(.updateConnector(id, try await request.jsonObject()), request, context)
  }

  private func delete(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return try await perform(.deleteConnector(try context.connectorID()), request, context)
  }

  private func perform(
    _ action: ChangeRequest.Action,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let receipt = try await changes.perform(try request.changeRequest(action, context))
    return Response(receipt.response, versionURL: try request.versionURL(context)).about(receipt.changes.first)
  }
}
