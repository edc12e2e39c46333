import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// The routes for user flows, with the same paths and bodies as in Microsoft Graph.
///
/// A request that creates or deletes a flow can also set or clear the references of the flow.
struct FlowController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity/:flowType")
      .get("", use: list)
      .post("", use: create)
      .get(":flow", use: one)
      .patch(":flow", use: update)
      .delete(":flow", use: delete)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.flows(try context.flowType()), to: request, context)
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.flow(try context.flowType(), try context.flowID()), to: request, context)
  }

  private func create(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let flowType = try context.flowType()
    let flow = try FlowBody(
      try context.jsonObject(),
      flowType: flowType,
      host: request.ownHost(context)
    )
    let action = ChangeRequest.Action.createFlow(
      FlowName(flowType, flow.id),
      body: flow.rest,
      references: flow.references
    )
    var response = try await changes.answer(action, to: request, context)
    response.headers[.location] = "\(try request.versionURL(context))/identity/\(flowType.rawValue)/\(flow.id)"
    return response
  }

  private func update(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let (flowType, flow) = (try context.flowType(), try context.flowID())
    let body = try SentBody.flow(try SentBody.withoutEmptyConfiguration(try context.jsonObject()))
    return try await changes.answer(.updateFlow(FlowName(flowType, flow), body), to: request, context)
  }

  private func delete(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.answer(.deleteFlow(FlowName(try context.flowType(), try context.flowID())), to: request, context)
  }
}
