import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The route for the page that lists the connectors.
struct ConnectorsController {
  /// The maximum number of connectors on a page.
  private static let pageSize = 50
  /// The value of the field `called` that selects the connectors that no step calls.
  private static let unused = "none"

  let changes: ChangeService
  let history: HistoryService
  let directory: DirectoryKind

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/connectors", use: show)
  }

  private func show(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let fields = try request.filledQuery(allowing: PageTrail.connectors)
    guard fields["called"] ?? Self.unused == Self.unused else {
      throw RequestError.badRequest(
        "The only value of the option called is none. Leave the option out to list all connectors.",
        target: "called"
      )
    }
    let search = fields["q"] ?? ""
    let question = ConnectorListRequest(
      search: search,
      isUnusedOnly: fields["called"] != nil,
      behind: fields["behind"].map { ConnectorListPosition(name: fields["name"] ?? "", id: $0) },
      size: Self.pageSize
    )
    let embedded = try await changes.embeddedConnectors(for: try context.requireCaller())
    let found = try await history.connectors(question, embedded: embedded)
    let page = ConnectorsPage(
      found.connectors,
      of: ConnectorsPage.Question(
        search: search,
        isUnusedOnly: fields["called"] != nil,
        isBehindOthers: fields["behind"] != nil,
        count: found.count,
        total: found.total
      ),
      status: try await history.status(),
      next: found.next.map { Request.encoded(fields.merging(["behind": $0.id, "name": $0.name]) { $1 }) },
      trail: PageTrail(fields, PageTrail.connectors).query,
      history: search.isEmpty ? nil : "/?" + Request.encoded(["q": search])
    )
    return Response(page: page.render(in: context.frame(directory)))
  }
}
