import HTTPTypes
import Hummingbird
import ReflogFormats
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
    let items = try request.queryItems()
    if let format = try ExportFormat(items, of: request) { return try await export(format, items, context) }
    let question = try PageQuestion<ServiceEvent, EventField>(items, cursorKey: try await history.cursorKey())
    let (page, next) = try await history.events(question.query, behind: question.behind, size: question.size)
    let count = question.isCounted ? try await history.count(question.query) : nil
    return try question.answer(page, next: next, count: count, to: request, context)
  }

  private func export(
    _ format: ExportFormat,
    _ items: [QueryItem],
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let options = try QueryOptions(
      items,
      allowing: [.filter, .format, .after] + (format == .csv ? [.raw, .excel] : [])
    )
    guard let lines = ExportLines<ServiceEvent>(format, try options.csvStyle()) else {
      throw RequestError.badRequest("Service events come as json, jsonl or csv.", target: "$format")
    }
    let filter: EventFilter? = try options.parsedFilter()
    try await events.record(
      ServiceEvent.Content(
        .export,
        actor: try context.requireCaller().actor,
        details: ["of": .string(ServiceEvent.collection), "format": .string(format.rawValue)]
      )
    )
    // Read before the first piece: what comes while it is taken has a newer entry.
    let newest = try await history.status().newestSequence
    let export = history.exportEvents(filter, afterEntry: try options.after())
    var response = Response(file: format, ExportPieces(export, lines))
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    return response
  }
}
