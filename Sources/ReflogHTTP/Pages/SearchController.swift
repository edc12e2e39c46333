import Hummingbird
import ReflogModel
import ReflogService

/// The search field at the top of every page.
///
/// If the text is the whole id of exactly one change, connector, flow or actor, the browser opens the page of this
/// item. The same is true if the text is the correlation id of exactly one change. For any other text, the browser
/// opens the timeline with all changes that contain the text.
struct SearchController {
  /// The maximum length in bytes of a text that is compared with ids. All ids are shorter.
  private static let longestID = 512

  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/search", use: search)
  }

  private func search(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard let text = try request.filledQuery(allowing: ["q"])["q"] else { return .seeOther("/") }
    let results = "/?" + Request.encoded(["q": text])
    guard text.utf8.count <= Self.longestID else { return .seeOther(results) }
    var paths: Set<String> = []
    if let id = Change.ID(text), try await exists(id) { paths.insert("/changes/\(id)") }
    let correlated = try await correlated(text)
    // If several changes have the correlation id, the timeline shows them.
    guard correlated.count < 2 else { return .seeOther(results) }
    paths.formUnion(correlated.map { "/changes/\($0.id)" })
    if let id = ConnectorID(text), try await history.knownConnector(id).isKnown { paths.insert("/connectors/\(id)") }
    paths.formUnion(try await flows(text).map { "/flows/\($0)" })
    for type in [Change.ActorType.user, .app, .token] {
      guard let actor = ActorID(type, text) else { continue }
      let isKnown = try await !history.activity(of: actor, size: 1).items.isEmpty
      if isKnown { paths.insert("/actors/\(type.rawValue)/\(text.percentEncoded())") }
    }
    return .seeOther(paths.count == 1 ? paths.first ?? results : results)
  }

  /// Returns whether a change with this id exists or was purged. The page of a purged change states that the change was
  /// purged.
  private func exists(_ id: Change.ID) async throws -> Bool {
    do {
      _ = try await history.change(id)
      return true
    } catch ServiceError.changePurged {
      return true
    } catch ServiceError.changeNotFound {
      return false
    }
  }

  /// Returns up to two changes with this correlation id.
  private func correlated(_ text: String) async throws -> [Change] {
    let filter = ChangeFilter.comparison(.plain(.correlationId), .eq, .text(text))
    return try await history.page(ChangeQuery(filter: filter), behind: nil, size: 2).changes
  }

  /// Returns the flows with this id, or with this type and id.
  private func flows(_ text: String) async throws -> [FlowName] {
    try await history.flows().filter { text.isSame(as: $0.flow.text) || text.isSame(as: $0.description) }
  }
}
