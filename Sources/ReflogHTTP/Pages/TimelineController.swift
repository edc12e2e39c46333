import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The timeline: changes newest first, filtered by a form that is a link, and taken away as a file.
struct TimelineController {
  /// Few enough that a page weighs little, and enough to look through.
  private static let pageSize = 50

  let history: HistoryService
  let exports: ChangeExports
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/", use: show)
    group.get("/export", use: export)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filledQuery()
    let token = fields.removeValue(forKey: "skiptoken")
    let (query, problem) = Self.query(fields)
    let page = problem == nil ? try await changes(query, behind: token) : ChangePage(changes: [], next: nil)
    let timeline = TimelinePage(
      page.changes,
      next: try await next(page, query, fields),
      query: Self.encoded(fields),
      form: TimelinePage.Form(fields, problem: problem),
      isFiltered: !fields.isEmpty,
      status: try await history.status()
    )
    return Response(page: timeline.render(in: context.frame(directory)))
  }

  /// All that the form asks for as a file: `format` is `csv`, `excel`, `jsonl`, `ocsf` or `asim`.
  private func export(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filledQuery()
    let name = fields.removeValue(forKey: "format") ?? "csv"
    let isForExcel = name == "excel"
    guard let format = isForExcel ? .csv : ExportFormat(rawValue: name) else {
      throw RequestError.badRequest("format is csv, excel, jsonl, ocsf or asim, not \(name).", target: "format")
    }
    let (query, problem) = Self.query(fields)
    if let problem { throw RequestError.badRequest(problem, target: "query") }
    let order = ChangeExports.Order(
      format: format,
      style: CSVStyle(isForExcel: isForExcel),
      query: query,
      filter: try PlainQuestion(form: fields).text,
      flags: isForExcel ? ["excel"] : []
    )
    return try await exports.response(order, request, context)
  }

  /// What the form asks for, or what is wrong with it.
  private static func query(_ fields: [String: String]) -> (query: ChangeQuery, problem: String?) {
    do {
      return (ChangeQuery(filter: try PlainQuestion(form: fields).filter()), nil)
    } catch {
      return (ChangeQuery(), "\(error)")
    }
  }

  private func changes(_ query: ChangeQuery, behind token: String?) async throws -> ChangePage {
    let cursor = Cursor(of: query, key: try await history.cursorKey())
    let behind = try token.map { Change.ID(try cursor.id(in: $0)) }
    return try await history.page(query, behind: behind, size: Self.pageSize)
  }

  /// The query of the next page.
  private func next(_ page: ChangePage, _ query: ChangeQuery, _ fields: [String: String]) async throws -> String? {
    guard let last = page.next else { return nil }
    let cursor = Cursor(of: query, key: try await history.cursorKey())
    return Self.encoded(fields.merging(["skiptoken": cursor.token(behind: last.number)]) { $1 })
  }

  private static func encoded(_ fields: [String: String]) -> String {
    fields.sorted { $0.key < $1.key }.map { "\($0.percentEncoded())=\($1.percentEncoded())" }.joined(separator: "&")
  }
}

/// What is wrong with a field of a form.
struct FormError: Error, CustomStringConvertible {
  let description: String
}

extension PlainQuestion {
  /// Reads the fields of the timeline's form; those that it does not have are refused.
  init(form fields: [String: String]) throws(FormError) {
    self.init()
    for (name, text) in fields {
      switch name {
      case "flow": flow = text
      case "step": step = text
      case "actor": actor = text
      case "connector": connector = text
      case "since": since = try Self.time(name, text)
      case "until": until = try Self.time(name, text)
      case "result":
        result = Change.Result(rawValue: text)
        if result == nil { throw FormError(description: "\(text) is no result.") }
      case "kind":
        kind = Change.Kind(rawValue: text)
        if kind == nil { throw FormError(description: "\(text) is no kind of change.") }
      default: throw FormError(description: "There is nothing to filter by \(name).")
      }
    }
  }

  private static func time(_ name: String, _ text: String) throws(FormError) -> Timestamp {
    guard let time = Timestamp(parsing: text) else {
      throw FormError(description: "\(text) is no time, such as 2026-03-01.")
    }
    return time
  }
}
