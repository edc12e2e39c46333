import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for freezes, which refuse changes for a time.
///
/// Every reader can read freezes. Only operators can place and release freezes.
struct FreezeController {
  let changes: ChangeService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/reflog/freezes")
      .get("", use: withoutOptions(list))
      .get(":freeze", use: withoutOptions(one))
      .post("", use: withoutOptions(place))
      .delete(":freeze", use: withoutOptions(release))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let freezes = try await changes.freezes(for: try context.requireCaller())
    let now = changes.freezeTime
    return Response(json: ["value": .array(freezes.map { .object($0.json(at: now)) })])
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let freeze = try await changes.freeze(try context.freezeID(), for: try context.requireCaller())
    return Response(json: freeze.json(at: changes.freezeTime))
  }

  /// Places a freeze.
  ///
  /// The body is `{"scope","flowType","flowId","step","from","until","reason"}`. The answer has the member
  /// `@reflog.warning` if Reflog knows no flow or no step with this name.
  private func place(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let caller = try context.requireOperator()
    let draft = try Freeze.Draft(try context.jsonObject())
    let freeze = try await changes.place(draft, for: caller)
    var json = freeze.json(at: changes.freezeTime)
    let warning = await changes.warnings(about: [freeze.scope], for: caller)[freeze.scope]
    if let warning { json["@reflog.warning"] = .string(warning.description) }
    return Response(json: json, status: .created)
  }

  private func release(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    try await changes.releaseFreeze(try context.freezeID(), for: try context.requireOperator())
    return Response(status: .noContent)
  }
}

extension ReflogRequestContext {
  /// Returns the id of a freeze from the path of the request.
  ///
  /// The method throws an error if the id in the path is not a number.
  fileprivate func freezeID() throws -> Int64 {
    guard let text = pathParameters["freeze"], let id = Freeze.id(text) else {
      throw RequestError.badRequest("A freeze's id is a number, such as 17.", target: "freeze")
    }
    return id
  }

  /// Returns the caller, or throws an error if the caller is not allowed to place and release freezes.
  fileprivate func requireOperator() throws -> Caller {
    let caller = try requireCaller()
    try Policy.require(caller, .freeze)
    return caller
  }
}

extension Freeze.Draft {
  /// Reads a freeze from the body of a request.
  ///
  /// A body without a flow must contain the scope `all`. So a body from which the flow is missing by mistake does not
  /// freeze everything.
  fileprivate init(_ body: JSONObject) throws {
    try body.allow(only: "scope", "flowType", "flowId", "step", "from", "until", "reason")
    self.init(
      scope: try Self.scope(body),
      reason: try body.requiredText("reason", upTo: Freeze.maximumReasonLength),
      from: try body.time("from"),
      until: try body.time("until")
    )
  }

  private static func scope(_ body: JSONObject) throws -> FreezeScope {
    let kind = try body.text("scope")
    let step = try body.text("step")
    let scope: FreezeScope
    switch (try body.flowScope(), step) {
    case (.flow(let flowType, let flow)?, nil): scope = .flow(FlowName(flowType, flow))
    case (.flow(let flowType, let flow)?, let name?):
      guard let step = Step(name) else {
        throw RequestError.badRequest("step must be the name of a step, such as postFederationSignup.", target: "step")
      }
      scope = .address(FlowName(flowType, flow).address(of: step))
    case (nil, nil), (.everything?, nil):
      guard kind != nil else {
        throw RequestError.badRequest(
          "The body names no flow. Send flowType and flowId, or \"scope\": \"all\" to freeze everything.",
          target: "scope"
        )
      }
      scope = .everything
    case (nil, _?), (.everything?, _?):
      throw RequestError.badRequest("step requires flowType and flowId.", target: "step")
    }
    guard kind.map({ $0 == scope.kind.rawValue }) ?? true else {
      throw RequestError.badRequest(
        "scope must be all, flow or address, and the body must name that flow or address.",
        target: "scope"
      )
    }
    return scope
  }
}
