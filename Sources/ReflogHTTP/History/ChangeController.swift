import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for the history of changes, the rollback of a change, the restoration of the values before an edit of a
/// connector, and the settlement of a pending change.
struct ChangeController {
  let changes: ChangeService
  let history: HistoryService
  let exports: ChangeExports
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/auditLogs/connectorChanges")
      .get("", use: list)
      .get(":change", use: one)
      .post(":change/rollback", use: withoutOptions(rollBack))
      .post(":change/restore", use: withoutOptions(restore))
      .post(":change/reconcile", use: withoutOptions(reconcile))
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let items = try request.queryItems()
    if let format = try ExportFormat(items, of: request) { return try await export(format, items, request, context) }
    let pageRequest = try await PageRequest<ChangeInContext, ChangeField>(items, of: history)
    let behind = pageRequest.behind.map { Change.ID($0) }
    let page = try await history.page(pageRequest.query, behind: behind, size: pageRequest.size)
    let changes = try await history.inContext(page.changes, of: pageRequest.query)
    let count = pageRequest.isCounted ? try await history.count(pageRequest.query) : nil
    let nearest = try await history.nearestNames(to: pageRequest.query, behind: behind, page: page)
    let next = page.next?.number
    return try pageRequest.answer(
      changes,
      next: next,
      count: count,
      nearest: nearest,
      searched: page.searched,
      to: request,
      context
    )
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.changeID()
    switch try QueryOptions(request, allowing: [.format])[.format]?.lowercased() {
    case nil, "json":
      let change = try await history.change(id)
      return Response(json: try await history.inContext(change).json).about([change.id])
    case "record":
      let lines = try await history.records(of: id).map { $0 + [0x0A] }
      return Response(bytes: lines.flatMap { $0 }, "application/jsonl; charset=utf-8").about([id])
    case "tlog-proof":
      return Response(bytes: try await history.proof(of: id).bytes, "text/plain; charset=utf-8").about([id])
    case let format?:
      throw RequestError.badRequest("$format must be json, record or tlog-proof, not \(format).", target: "$format")
    }
  }

  private func rollBack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.changeID()
    let body = try RollbackBody(try context.jsonObject(emptyMeans: [:]))
    if body.isDryRun {
      let caller = try context.requireCaller()
      events.countRead(by: caller.actor)
      let plan = try await changes.plan(rollbackOf: id, for: caller)
      let freeze = changes.freeze(covering: plan.address)?.json(at: changes.freezeTime)
      return Response(json: plan.json + ["freeze": freeze.map { .object($0) } ?? .null] + caller.permissionInPlan)
    }
    let action = ChangeRequest.Action.rollBack(id, permitting: body.isForced ? .all : .none)
    let receipt = try await changes.perform(try request.changeRequest(action, context, reason: body.reason))
    guard let change = receipt.changes.first else { throw ServiceError.changeNotFound(id) }
    // This answer contains only the change itself. A read of more data could fail, and the error would hide the result
    // of the change.
    return Response(json: ChangeInContext(change).json).about([change.id])
  }

  private func restore(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let (id, caller) = (try context.changeID(), try context.requireCaller())
    let body = try RollbackBody(try context.jsonObject(emptyMeans: [:]))
    if body.isDryRun {
      events.countRead(by: caller.actor)
      let plan = try await changes.plan(restoring: id, for: caller)
      let callers = try await changes.callers(of: plan.values.connector, for: caller)
      let covering = try await changes.freeze(covering: plan)
      let freeze: JSONObject = [
        "freeze": covering.map { .object($0.freeze.json(at: changes.freezeTime)) } ?? .null,
        "freezeCaller": covering?.caller.map { .object($0.json) } ?? .null,
      ]
      return Response(json: plan.json(calledBy: callers) + freeze + caller.permissionInPlan)
    }
    let later: RollbackRule.LaterChanges = body.isForced ? .all : .none
    let action: ChangeRequest.Action
    do {
      action = try await changes.update(restoring: id, permitting: later, for: caller)
    } catch {
      // The request may be a repetition with the same Idempotency-Key: since the first request, the connector may have
      // been deleted, or the edit purged. The answer is then the change that the first request made.
      let earlier = try await changes.earlierRestoration(named: context.idempotencyKey, for: caller)?.changes.first
      guard let earlier else { throw error }
      return Response(json: ChangeInContext(earlier).json).about([earlier.id])
    }
    let receipt = try await changes.perform(try request.changeRequest(action, context, reason: body.reason))
    guard let change = receipt.changes.first else { throw ServiceError.changeNotFound(id) }
    return Response(json: ChangeInContext(change).json).about([change.id])
  }

  private func reconcile(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let change = try await changes.reconcile(
      try context.changeID(),
      for: try context.requireCaller(),
      stating: try ReconcileBody.statement(try context.jsonObject(emptyMeans: [:]))
    )
    return Response(json: ChangeInContext(change).json).about([change.id])
  }

  private func export(
    _ format: ExportFormat,
    _ items: [QueryItem],
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let options = try QueryOptions(
      items,
      allowing: [.filter, .format, .after, .manifest, .flowScope] + (format == .csv ? [.raw, .excel] : [])
    )
    let (style, query): (CSVStyle, ChangeQuery) = (try options.csvStyle(), try options.query())
    let exportRequest = ExportRequest(
      format,
      style,
      filter: options[.filter],
      after: try options.after(),
      includesImpact: query.includesImpact
    )
    return try await exports.response(
      exportRequest,
      query,
      isToBeSigned: try options.flag(.manifest),
      request,
      context
    )
  }
}
