import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The timeline: changes newest first, filtered by a form that is a link.
struct TimelineController {
  /// Few enough that a page is there at once, and enough to look through.
  private static let pageSize = 25
  /// More news than this is told as that.
  private static let newsLimit = 50

  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/", use: show)
    group.get("/timeline/count", use: count)
  }

  /// What a page that is open asks for again and again: it tells no more than that something happened, and is not counted as
  /// reading.
  func addUncountedRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/timeline/news", use: news)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filledQuery()
    let token = fields.removeValue(forKey: "skiptoken")
    let (query, problem) = PlainQuestion.query(fields)
    let page = problem == nil ? try await changes(query, behind: token) : ChangePage(changes: [], next: nil)
    let timeline = TimelinePage(
      page.changes,
      next: try await next(page, query, fields),
      query: Request.encoded(fields),
      form: FilterForm(fields, problem: problem),
      isFiltered: !fields.isEmpty,
      isNewest: token == nil && problem == nil,
      status: try await history.status()
    )
    return Response(page: timeline.render(in: context.frame(directory)))
  }

  /// How many changes the form asks for.
  private func count(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let query = try PlainQuestion.asked(try request.filledQuery())
    return Response(json: ["count": .integer(Int64(try await history.count(query)))])
  }

  /// How many changes that the form asks for are newer than the one that `behind` names, up to a limit.
  private func news(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filledQuery()
    guard let number = fields.removeValue(forKey: "behind").flatMap({ Int64($0) }), number >= 0 else {
      throw RequestError.badRequest("behind is a change's id, or 0.", target: "behind")
    }
    let query = ChangeQuery(filter: try PlainQuestion.asked(fields).filter, isAscending: true)
    let page = try await history.page(query, behind: Change.ID(number), size: Self.newsLimit)
    return Response(json: ["count": .integer(Int64(page.changes.count)), "isMore": .bool(page.next != nil)])
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
    return Request.encoded(fields.merging(["skiptoken": cursor.token(behind: last.number)]) { $1 })
  }
}
