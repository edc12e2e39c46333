import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// User flows, as Graph has them; creating or deleting one may set or clear references.
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
    _ = try QueryOptions(request, allowing: [])
    let response = try await changes.read(.flows(try context.flowType()))
    return Response(response, versionURL: try request.versionURL(context))
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let response = try await changes.read(.flow(try context.flowType(), try context.flowID()))
    return Response(response, versionURL: try request.versionURL(context))
  }

  private func create(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let flowType = try context.flowType()
    let body = try await request.jsonObject()
    let flow = try FlowBody(body, flowType: flowType, authority: request.head.authority)
    let versionURL = try request.versionURL(context)
    var response = try await perform(
      .createFlow(flowType, flow.id, body: flow.rest, references: flow.references),
      request,
      context
    )
    response.headers[.location] = "\(versionURL)/identity/\(flowType.rawValue)/\(flow.id)"
    return response
  }

  private func update(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let body = try await request.jsonObject()
    guard body.member(named: FlowBody.configurationName) == nil else {
      throw RequestError.badRequest(
        "What a step calls is set at …/apiConnectorConfiguration/{step}/$ref, one step at a time.",
        target: FlowBody.configurationName
      )
    }
    return try await perform(.updateFlow(try context.flowType(), try context.flowID(), body), request, context)
  }

  private func delete(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return try await perform(.deleteFlow(try context.flowType(), try context.flowID()), request, context)
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
