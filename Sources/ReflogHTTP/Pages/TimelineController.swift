import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The routes for the timeline: a page that lists changes, with the newest change first.
///
/// The page has a form for filters. The form's fields are in the URL, so a filtered timeline can be shared as a link.
struct TimelineController {
  /// The maximum number of changes on a page.
  ///
  /// The number is small, so the page is fast and a person can read the whole page.
  private static let pageSize = 25
  /// The maximum number of new changes that are counted.
  ///
  /// If there are more new changes, the answer does not contain the exact number.
  private static let newsLimit = 50
  /// The maximum time for a count of changes on a page.
  private static let countTimeLimit = Duration.milliseconds(250)

  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/", use: show)
    group.get("/timeline/count", use: count)
    group.get("/timeline/news", use: news)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filterQuery()
    let trail = PageTrail(fields, PageTrail.timeline)
    let token = fields.removeValue(forKey: "skiptoken")
    let (query, problem) = PlainQuestion.query(fields)
    let page = problem == nil ? try await changes(query, behind: token) : ChangePage(changes: [], next: nil)
    let isEmpty = problem == nil && token == nil && page.changes.isEmpty && page.next == nil
    let timeline = TimelinePage(
      try await history.inContext(page.changes, of: query),
      next: try await next(page, query, fields),
      query: Request.encoded(fields),
      form: FilterForm(PlainQuestion.shown(fields, in: context.zone), problem: problem),
      isFiltered: !fields.isEmpty,
      isNewest: token == nil && problem == nil,
      status: try await history.status(),
      total: isEmpty && query.filter != nil ? try await number(of: ChangeQuery()) : nil,
      proposals: isEmpty ? try await proposals(query, page, fields) : [],
      requestSearch: problem == nil && page.changes.isEmpty ? Self.requestSearch(fields) : nil,
      searched: page.searched,
      zone: context.zone,
      trail: trail.query
    )
    return Response(page: timeline.render(in: context.frame(directory)))
  }

  /// Returns how many changes match a query, or nil if they can't be counted within ``countTimeLimit``.
  ///
  /// This time is short because a person waits for the number.
  private func number(of query: ChangeQuery) async throws -> Int? {
    do {
      return try await history.count(query, timeLimit: Self.countTimeLimit)
    } catch ServiceError.questionTooBroad {
      return nil
    }
  }

  /// Returns recorded names that are similar to the texts in the form.
  ///
  /// Each name has a path: the path of this form, with the name in place of the text. If only the search field is
  /// filled, the path is the path of the search, because the search can open the page of a flow.
  private func proposals(
    _ query: ChangeQuery,
    _ page: ChangePage,
    _ fields: [String: String]
  ) async throws -> [TimelinePage.Proposal] {
    try await history.nearestNames(to: query, behind: nil, page: page).map { nearest in
      let names = nearest.names.map { name in
        let corrected = fields.mapValues { value in
          let text = value.split(separator: "/").last.map(String.init) ?? value
          return text.lowercased() == nearest.text.lowercased() ? name : value
        }
        let page = corrected.keys.elementsEqual(["q"]) ? "/search" : "/"
        return TimelinePage.Proposal.Name(name, path: "\(page)?\(Request.encoded(corrected))")
      }
      return TimelinePage.Proposal(text: nearest.text, names: names)
    }
  }

  /// Returns the path of this form after the text of the search field was moved to the field for the id of a request.
  ///
  /// The result is nil if the text is not a GUID, or if the field for the id of a request is already filled.
  private static func requestSearch(_ fields: [String: String]) -> String? {
    guard let text = fields["q"], GUID.normalized(text) != nil, fields["request"] == nil else { return nil }
    return "/?" + Request.encoded(fields.filter { $0.key != "q" }.merging(["request": text]) { $1 })
  }

  /// Returns how many changes match the form.
  private func count(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let query = try PlainQuestion.asked(try request.filledQuery())
    return Response(json: ["count": try await number(of: query).map { .integer(Int64($0)) } ?? .null])
  }

  /// Returns how many changes match the form and are newer than the change in the field `behind`.
  ///
  /// At most ``newsLimit`` changes are counted. A browser that shows the timeline sends this request at regular
  /// intervals.
  private func news(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    var fields = try request.filledQuery()
    guard let number = fields.removeValue(forKey: "behind").flatMap({ Int64($0) }), number >= 0 else {
      throw RequestError.badRequest("behind must be a change's id or 0.", target: "behind")
    }
    let asked = try PlainQuestion.asked(fields)
    let query = ChangeQuery(filter: asked.filter, isAscending: true, includesImpact: asked.includesImpact)
    let page = try await history.page(query, behind: Change.ID(number), size: Self.newsLimit)
    return Response(json: ["count": .integer(Int64(page.changes.count)), "isMore": .bool(page.next != nil)])
  }

  private func changes(_ query: ChangeQuery, behind token: String?) async throws -> ChangePage {
    let behind = if let token { Change.ID(try await history.id(in: token, of: query)) } else { Change.ID?.none }
    return try await history.page(query, behind: behind, size: Self.pageSize)
  }

  /// Returns the query of the next page's URL, or nil if this is the last page.
  private func next(_ page: ChangePage, _ query: ChangeQuery, _ fields: [String: String]) async throws -> String? {
    guard let last = page.next else { return nil }
    let cursor = try await history.cursor(of: query)
    return Request.encoded(fields.merging(["skiptoken": cursor.token(behind: last.number)]) { $1 })
  }
}
