import Hummingbird
import ReflogModel
import ReflogService

/// The routes for API connectors, with the same paths and bodies as in Microsoft Graph.
struct ConnectorController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity/apiConnectors")
      .get("", use: list)
      .post("", use: create)
      .get(":connector", use: one)
      .patch(":connector", use: update)
      .delete(":connector", use: delete)
      .post(":connector/uploadClientCertificate", use: uploadCertificate)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.connectors, to: request, context)
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.connector(try context.connectorID()), to: request, context)
  }

  private func create(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(
      .createConnector(try SentBody.connector(try context.jsonObject())),
      to: request,
      context
    )
  }

  private func update(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.connectorID()
    let body = try SentBody.connector(try context.jsonObject(), id: id)
    return try await changes.answer(.updateConnector(id, body), to: request, context)
  }

  private func delete(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.deleteConnector(try context.connectorID()), to: request, context)
  }

  private func uploadCertificate(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.connectorID()
    let body = try SentBody.connector(try context.jsonObject(), id: id)
    return try await changes.answer(.uploadCertificate(id, body), to: request, context)
  }
}
