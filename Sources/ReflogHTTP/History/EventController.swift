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
    let options = try QueryOptions(request, allowing: [.filter, .top, .skiptoken, .format])
    let (size, before) = (try options.top(), try options.skiptoken()?.number)
    let filter: EventFilter? = try options.parsedFilter()
    let (page, next) = try await history.events(filter, before: before, size: size)
    let url = "\(try request.versionURL(context))"
    var json: JSONObject = ["@odata.context": .string("\(url)/$metadata#auditLogs/serviceEvents")]
    if let next {
      let asked = options[.filter].map { "&$filter=" + $0.percentEncoded(keeping: "$'()/,:") } ?? ""
      json["@odata.nextLink"] = .string("\(url)/auditLogs/serviceEvents?$top=\(size)\(asked)&$skiptoken=\(next)")
    }
    json["value"] = .array(page.map { .object($0.json) })
    return Response(json: json)
  }

  private func export(
    _ format: ExportFormat,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    let options = try QueryOptions(request, allowing: [.filter, .format] + (format == .csv ? [.raw, .excel] : []))
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
    return format.response(
      named: "serviceEvents",
      EventPieces(export: history.exportEvents(filter), format: lines)
    )
  }
}
