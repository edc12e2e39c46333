import FoundationEssentials
import HTTPTypes
import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// The routes for service events, which are events of Reflog itself, such as a start, an export or a purge.
struct EventController {
  let history: HistoryService
  let events: EventRecorder
  let admission: Admission

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/serviceEvents", use: list)
  }

  private func list(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let items = try request.queryItems()
    if let format = try ExportFormat(items, of: request) { return try await export(format, items, context) }
    let pageRequest = try await PageRequest<ServiceEvent, EventField>(items, of: history)
    let (page, next) = try await history.events(pageRequest.query, behind: pageRequest.behind, size: pageRequest.size)
    let count = pageRequest.isCounted ? try await history.count(pageRequest.query) : nil
    return try pageRequest.answer(page, next: next, count: count, to: request, context)
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
      throw RequestError.badRequest("$format must be json, jsonl or csv for service events.", target: "$format")
    }
    let (filter, after): (EventFilter?, LogPosition?) = (try options.parsedFilter(), try options.after())
    if let after { try await history.check(after) }
    let share = try admission.export(for: try context.requireCaller(), from: context.ipAddress)
    try await ExportRecord(events: events).record(
      ServiceEvent.collection,
      format,
      isFiltered: filter != nil,
      after: after?.sequence,
      newest: try await history.status().newestSequence,
      by: try context.requireCaller().actor
    )
    // The newest sequence must be read earlier than the first piece of the export. An event that is added during the
    // export then has a higher sequence, so the next export contains the event.
    let newest = try await history.status().newestSequence
    let export = SharedExport(source: history.exportEvents(filter, afterEntry: after?.sequence), share: share)
    let parts: [String?] = ["service-events", filter == nil ? nil : "filtered", after.map { "after-\($0.sequence)" }]
    let name = DownloadName(parts, taken: Timestamp(Date()), ending: format.ending)
    var response = Response(format, ExportedFile(export, lines), of: share, named: name)
    response.headers[named: "Reflog-Newest-Sequence"] = newest.map(String.init)
    response.headers[named: "Reflog-Position"] = try await history.position(newest)?.description
    return response
  }
}
