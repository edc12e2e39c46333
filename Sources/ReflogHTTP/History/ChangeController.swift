import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// History, and taking a change back.
struct ChangeController {
  let changes: ChangeService
  let history: HistoryService
  let exports: ChangeExports
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/auditLogs/connectorChanges")
      .get("", use: list)
      .get(":change", use: one)
      .post(":change/rollback", use: rollBack)
      .post(":change/reconcile", use: reconcile)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    if let format = try ExportFormat(request) { return try await export(format, request, context) }
    let options = try QueryOptions(
      request,
      allowing: [.filter, .orderby, .top, .count, .select, .skiptoken, .format]
    )
    let (query, size): (ChangeQuery, Int) = (try options.query(), try options.top())
    let cursor = Cursor(of: query, key: try await history.cursorKey())
    let behind = try options[.skiptoken].map(cursor.id(in:))
    let page = try await history.page(query, behind: behind.map { Change.ID($0) }, size: size)
    let listing = Listing(
      .connectorChanges,
      page.changes.map(\.json),
      next: page.next.map { cursor.token(behind: $0.number) },
      selected: try options.selected(from: Listing.Kind.connectorChanges.members),
      count: try options.flag(.count) ? try await history.count(query) : nil
    )
    return Response(
      json: listing.json(versionURL: try request.versionURL(context), repeating: try request.queryItems())
    )
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let id = try context.changeID()
    switch try QueryOptions(request, allowing: [.format])[.format]?.lowercased() {
    case nil, "json":
      let change = try await history.change(id)
      return Response(json: change.json).about([change.id])
    case "record":
      let lines = try await history.records(of: id).map { $0 + [0x0A] }
      return Response(bytes: lines.flatMap { $0 }, "application/jsonl; charset=utf-8").about([id])
    case "tlog-proof":
      return Response(bytes: try await history.proof(of: id).bytes, "text/plain; charset=utf-8").about([id])
    case let format?:
      throw RequestError.badRequest("$format is json, record or tlog-proof, not \(format).", target: "$format")
    }
  }

  private func rollBack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let id = try context.changeID()
    let body = try RollbackBody(try await request.jsonObject(emptyMeans: [:]))
    if body.isDryRun {
      events.countRead(by: try context.requireCaller().actor)
      return Response(json: try await changes.plan(rollbackOf: id, for: try context.requireCaller()).json)
    }
    let action = ChangeRequest.Action.rollBack(id, permitting: body.isForced ? .all : .none)
    let receipt = try await changes.perform(try request.changeRequest(action, context, reason: body.reason))
    guard let change = receipt.changes.first else { throw ServiceError.changeNotFound(id) }
    return Response(json: change.json).about([change.id])
  }

  private func reconcile(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let change = try await changes.reconcile(
      try context.changeID(),
      for: try context.requireCaller(),
      stating: try ReconcileBody.statement(try await request.jsonObject(emptyMeans: [:]))
    )
    return Response(json: change.json).about([change.id])
  }

  private func export(
    _ format: ExportFormat,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let options = try QueryOptions(
      request,
      allowing: [.filter, .format, .after, .manifest] + (format == .csv ? [.raw, .excel] : [])
    )
    let order = ChangeExports.Order(
      format: format,
      style: try options.csvStyle(),
      query: try options.query(),
      filter: options[.filter],
      after: try options.after(),
      flags: try [QueryOptions.Name.raw, .excel].filter { try options.flag($0) }.map(\.rawValue),
      isToBeSigned: try options.flag(.manifest)
    )
    return try await exports.response(order, request, context)
  }
}
