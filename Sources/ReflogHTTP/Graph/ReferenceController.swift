import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// The reference of a step, as Graph has it: the reason for all of this.
struct ReferenceController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/identity/:flowType/:flow/apiConnectorConfiguration")
      .get("", use: configuration)
      .get(":step", use: connector)
      .get(":step/$ref", use: reference)
      .put(":step/$ref", use: setReference)
      .delete(":step/$ref", use: removeReference)
  }

  private func setReference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let address = try context.address()
    _ = try QueryOptions(request, allowing: [])
    let body = try await request.jsonObject()
    let reference = try ReferenceBody.reference(body, authority: request.head.authority)
    return try await perform(.setReference(address, reference), request, context)
  }

  private func removeReference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    return try await perform(.setReference(try context.address(), .none), request, context)
  }

  private func perform(
    _ action: ChangeRequest.Action,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let receipt = try await changes.perform(try request.changeRequest(action, context))
    return Response(status: .noContent).about(receipt.changes.first)
  }

  private func configuration(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let steps = try QueryOptions(request, allowing: [.expand]).expandedSteps()
    let question = DirectoryRead.configuration(try context.flowType(), try context.flowID(), expand: steps)
    return Response(try await changes.read(question), versionURL: try request.versionURL(context))
  }

  private func connector(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let response = try await changes.read(.connectorAt(try context.address()))
    return Response(response, versionURL: try request.versionURL(context))
  }

  private func reference(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let versionURL = try request.versionURL(context)
    guard let id = try await changes.reference(at: try context.address()).connectorID else {
      return Response(status: .noContent)
    }
    return Response(json: [
      "@odata.context": .string("\(versionURL)/$metadata#$ref"),
      "@odata.id": .string("\(versionURL)/identity/apiConnectors/\(id)"),
    ])
  }
}
