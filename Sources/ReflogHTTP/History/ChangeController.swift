import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService

/// History, and taking a change back.
struct ChangeController {
  let changes: ChangeService
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.group("/auditLogs/connectorChanges")
      .get("", use: list)
      .get(":change", use: one)
      .post(":change/rollback", use: rollBack)
      .post(":change/reconcile", use: reconcile)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    if try wantsCSV(request) { return try export(request) }
    let options = try QueryOptions(request, allowing: [.top, .skiptoken, .format])
    let size = try options.top()
    let page = try await history.page(before: try options.skiptoken(), size: size)
    return Response(json: page.json(versionURL: try request.versionURL(context), size: size))
  }

  private func one(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let change = try await history.change(try context.changeID())
    return Response(json: change.json).about([change.id])
  }

  private func rollBack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    _ = try QueryOptions(request, allowing: [])
    let id = try context.changeID()
    let body = try RollbackBody(try await request.jsonObject(emptyMeans: [:]))
    if body.isDryRun { return Response(json: try await changes.plan(rollbackOf: id).json) }
    let action = ChangeRequest.Action.rollBack(id, force: body.isForced)
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

  /// Asked for by `$format`, or by `Accept` where that is missing.
  private func wantsCSV(_ request: Request) throws(RequestError) -> Bool {
    let options = try QueryOptions(request, allowing: QueryOptions.Name.allCases)
    switch options[.format]?.lowercased() {
    case "csv", "text/csv": return true
    case "json", "application/json": return false
    case nil: return Self.prefersCSV(request.headers[.accept] ?? "")
    case let format?: throw .badRequest("$format is json or csv, not \(format).", target: "$format")
    }
  }

  /// Whether the first media range of an `Accept` header is CSV.
  private static func prefersCSV(_ accept: String) -> Bool {
    let first = accept.split(separator: ",").first?.split(separator: ";").first ?? ""
    return first.lowercased().filter { $0 != " " } == "text/csv"
  }

  /// All of history, streamed as fast as the taker reads.
  private func export(_ request: Request) throws(RequestError) -> Response {
    let csv = ChangeCSV(isRaw: try QueryOptions(request, allowing: [.format, .raw]).flag(.raw))
    let history = history
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8; header=present",
        .contentDisposition: #"attachment; filename="connectorChanges.csv""#,
      ],
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(string: csv.header))
        var export = history.export()
        while let piece = try await export.next() {
          try await writer.write(ByteBuffer(string: piece.map(csv.line(of:)).joined()))
        }
        try await writer.finish(nil)
      }
    )
  }
}
