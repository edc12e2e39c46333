import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// The routes for the reference of a step, with the same paths and bodies as in Microsoft Graph.
struct ReferenceController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity/:flowType/:flow/apiConnectorConfiguration")
      .get("", use: configuration)
      .get(":step", use: connector)
      .get(":step/$ref", use: withoutOptions(reference))
      .put(":step/$ref", use: setReference)
      .delete(":step/$ref", use: removeReference)
  }

  private func setReference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let address = try context.address()
    let reference = try ReferenceBody.reference(
      try context.jsonObject(),
      host: request.ownHost(context)
    )
    return try await changes.answer(.setReference(address, reference), to: request, context)
  }

  private func removeReference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.setReference(try context.address(), .none), to: request, context)
  }

  private func configuration(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.configuration(try context.flowType(), try context.flowID()), to: request, context)
  }

  private func connector(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.connectorAt(try context.address()), to: request, context)
  }

  private func reference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let versionURL = try request.versionURL(context)
    let reference = try await changes.reference(at: try context.address(), for: try context.requireCaller())
    var response =
      reference.connectorID.map { id in
        Response(json: [
          "@odata.context": .string("\(versionURL)/$metadata#$ref"),
          "@odata.id": .string("\(versionURL)/identity/apiConnectors/\(id)"),
        ])
      } ?? Response(status: .noContent)
    response.headers[.eTag] = EntityTag.tag(of: reference)
    return response
  }
}
