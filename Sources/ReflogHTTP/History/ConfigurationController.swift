import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for the references that the steps had at a time, and for the rollback to a time.
struct ConfigurationController {
  let history: HistoryService
  let rollbacks: TimeRollbacks
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/auditLogs/connectorConfigurations")
      .get("", use: list)
      .post("rollback", use: withoutOptions(rollBack))
      .get("rollback/:batch", use: withoutOptions(progress))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let options = try QueryOptions(request, allowing: [.asOf, .compareWith, .filter])
    let filter: ConfigurationFilter? = try options.parsedFilter()
    let asOf = try options.moment()
    if let second = try options.comparedMoment(behind: asOf), let asOf {
      let comparison = try await history.comparison(from: asOf, to: second).filtered { before, after in
        guard let filter else { return true }
        return filter.matches(after) || before.map { filter.matches($0) } ?? false
      }
      return Response(json: comparison.json(versionURL: try request.versionURL(context)))
    }
    let moment = asOf ?? .distantFuture
    let configurations = try await history.configurations(asOf: moment, includesEdits: true)
    let selected = configurations.filter { filter?.matches($0) ?? true }
    return Response(json: Listing(selected).json(versionURL: try request.versionURL(context)))
  }

  private func rollBack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    for name in ["Idempotency-Key", "If-Match"] where request.headers[named: name] != nil {
      throw RequestError.badRequest(
        "The header \(name) is not supported here. Use batchId to name the rollback.",
        target: name
      )
    }
    let body = try TimeRollbackBody(try context.jsonObject())
    let caller = try context.requireCaller()
    let rollback = try await rollback(body)
    if body.isDryRun {
      events.countRead(by: caller.actor)
      let overridesFreezes = try request.overrideHeader() != nil
      let plan = try await rollbacks.plan(rollback, for: caller, overridesFreezes: overridesFreezes)
      return Response(json: plan.json + caller.permissionInPlan)
    }
    try await rollbacks.start(
      TimeRollbackRequest(
        rollback: rollback,
        caller: caller,
        reason: try request.reason(orInBody: body.reason),
        correlationID: context.clientRequestID,
        requestID: context.requestID,
        override: try request.overrideHeader()
      )
    )
    var response = try await answer(rollback.batchID, context, status: .accepted)
    let location = "\(try request.versionURL(context))/auditLogs/connectorConfigurations/rollback/\(rollback.batchID)"
    response.headers[.location] = location
    return response
  }

  /// Returns the rollback that a body requests.
  ///
  /// The body can contain the id of a rollback that has already begun. Members that are missing in the body then get
  /// the values of that rollback.
  private func rollback(_ body: TimeRollbackBody) async throws -> TimeRollback {
    let batchID = body.batchID ?? GUID.random()
    let known = if body.batchID == nil { TimeRollback?.none } else { try await rollbacks.known(batchID) }
    guard let asOf = body.asOf ?? known?.asOf else {
      throw RequestError.badRequest("asOf is missing. Give the time to roll back to.", target: "asOf")
    }
    return TimeRollback(batchID: batchID, asOf: asOf, scope: body.scope ?? known?.scope ?? .everything)
  }

  private func progress(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    return try await answer(try TimeRollbackBody.batchID(context.pathParameters["batch"] ?? ""), context, status: .ok)
  }

  private func answer(
    _ batchID: String,
    _ context: ReflogRequestContext,
    status: HTTPResponse.Status
  ) async throws -> Response {
    guard let progress = try await rollbacks.progress(of: batchID, for: try context.requireCaller()) else {
      throw ServiceError.timeRollbackNotFound(batchID)
    }
    return Response(json: progress.json, status: status)
  }
}
