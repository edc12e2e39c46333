import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The timeline: changes newest first, filtered by a form that is a link.
struct TimelineController {
  /// Few enough that a page weighs little, and enough to look through.
  private static let pageSize = 50

  let history: HistoryService
  let events: EventRecorder
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    events.countRead(by: try context.requireCaller().actor)
    var fields = try request.filledQuery()
    let token = fields.removeValue(forKey: "skiptoken")
    var (question, problem): (PlainQuestion?, String?) = (nil, nil)
    do { question = try PlainQuestion(form: fields) } catch { problem = error.message }
    let page = question == nil ? ChangePage(changes: [], next: nil) : try await changes(question, behind: token)
    let timeline = TimelinePage(
      page.changes,
      next: try await next(page, question, fields),
      form: TimelinePage.Form(fields, problem: problem),
      isFiltered: !fields.isEmpty,
      status: try await history.status()
    )
    return Response(page: timeline.render(in: context.frame(directory)))
  }

  private func changes(_ question: PlainQuestion?, behind token: String?) async throws -> ChangePage {
    let query = ChangeQuery(filter: question?.filter)
    let cursor = Cursor(of: query, key: try await history.cursorKey())
    let behind = try token.map { Change.ID(try cursor.id(in: $0)) }
    return try await history.page(query, behind: behind, size: Self.pageSize)
  }

  /// The query of the next page.
  private func next(_ page: ChangePage, _ question: PlainQuestion?, _ fields: [String: String]) async throws -> String?
  {
    guard let last = page.next else { return nil }
    let cursor = Cursor(of: ChangeQuery(filter: question?.filter), key: try await history.cursorKey())
    let all = fields.sorted { $0.key < $1.key } + [("skiptoken", cursor.token(behind: last.number))]
    return all.map { "\($0.percentEncoded())=\($1.percentEncoded())" }.joined(separator: "&")
  }
}

/// What is wrong with a field of a form.
struct FormError: Error {
  let message: String
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
        if result == nil { throw FormError(message: "\(text) is no result.") }
      case "kind":
        kind = Change.Kind(rawValue: text)
        if kind == nil { throw FormError(message: "\(text) is no kind of change.") }
      default: throw FormError(message: "There is nothing to filter by \(name).")
      }
    }
  }

  private static func time(_ name: String, _ text: String) throws(FormError) -> Timestamp {
    guard let time = Timestamp(parsing: text) else {
      throw FormError(message: "\(text) is no time, such as 2026-03-01.")
    }
    return time
  }
}
