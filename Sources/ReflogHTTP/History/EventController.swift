import HTTPTypes
import Hummingbird
import NIOCore
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
    let options = try QueryOptions(request, allowing: [.top, .skiptoken, .format])
    let (size, before) = (try options.top(), try options.skiptoken()?.number)
    let found = try await history.events(before: before, limit: size + 1)
    let page = found.prefix(size)
    let url = "\(try request.versionURL(context))"
    var json: JSONObject = ["@odata.context": .string("\(url)/$metadata#auditLogs/serviceEvents")]
    if found.count > size, let last = page.last {
      json["@odata.nextLink"] = .string("\(url)/auditLogs/serviceEvents?$top=\(size)&$skiptoken=\(last.id)")
    }
    json["value"] = .array(page.map { .object($0.json) })
    return Response(json: json)
  }

  private func export(
    _ format: ExportFormat,
    _ request: Request,
    _ context: ReflogRequestContext
  ) async throws -> Response {
    guard format == .csv else {
      throw RequestError.badRequest("Service events come as json or csv.", target: "$format")
    }
    let csv = EventCSV(isRaw: try QueryOptions(request, allowing: [.format, .raw]).flag(.raw))
    let actor = try context.requireCaller().actor
    try await events.record(
      ServiceEvent.Content(.export, actor: actor, details: ["of": "serviceEvents", "format": "csv"])
    )
    let history = history
    let body = ResponseBody { writer in
      try await writer.write(ByteBuffer(string: csv.header))
      var export = history.exportEvents()
      while let piece = try await export.next() {
        try await writer.write(ByteBuffer(string: piece.map(csv.line(of:)).joined()))
      }
      try await writer.finish(nil)
    }
    return format.response(named: "serviceEvents", body: body)
  }
}
