import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

/// What happened to Reflog itself.
struct EventController {
  let history: HistoryService
  let events: EventRecorder

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/serviceEvents", use: list)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    if let format = try ExportFormat(request) { return try await export(format, request, context) }
    let options = try QueryOptions(
      request,
      allowing: [.filter, .orderby, .top, .count, .select, .skiptoken, .format]
    )
    let (query, size): (EventQuery, Int) = (try options.query(), try options.top())
    let cursor = Cursor(of: query, key: try await history.cursorKey())
    let behind = try options[.skiptoken].map(cursor.id(in:))
    let (page, next) = try await history.events(query, behind: behind, size: size)
    let listing = Listing(
      .serviceEvents,
      page.map(\.json),
      next: next.map(cursor.token(behind:)),
      selected: try options.selected(from: Listing.Kind.serviceEvents.members),
      count: try options.flag(.count) ? try await history.count(query) : nil
    )
    return Response(
      json: listing.json(versionURL: try request.versionURL(context), repeating: try request.queryItems())
    )
  }

  private func export(
    _ format: ExportFormat,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let options = try QueryOptions(
      request,
      allowing: [.filter, .format, .after] + (format == .csv ? [.raw, .excel] : [])
    )
    let lines: EventPieces.Format =
      switch format {
      case .csv: .csv(EventCSV(style: try options.csvStyle()))
      case .jsonl: .jsonl
      case .ocsf, .asim:
        throw RequestError.badRequest("Service events come as json, jsonl or csv.", target: "$format")
      }
    let filter: EventFilter? = try options.parsedFilter()
    try await events.record(
      ServiceEvent.Content(
        .export,
        actor: try context.requireCaller().actor,
        details: ["of": "serviceEvents", "format": .string(format.rawValue)]
      )
    )
    // Read before the first piece: what comes while it is taken has a newer entry.
    let newest = try await history.status().newestSequence
    var response = format.response(
      named: "serviceEvents",
      EventPieces(export: history.exportEvents(filter, afterEntry: try options.after()), format: lines)
    )
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    return response
  }
}
