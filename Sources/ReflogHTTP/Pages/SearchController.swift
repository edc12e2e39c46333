import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The search field at the top of every page.
///
/// If the text is the whole id of exactly one change, connector, flow or actor, or the address of a step, the browser
/// opens the page of this item. The same is true if the text is the correlation id of exactly one change. If the text
/// is a part of the target URL of a connector, the browser opens the list of these connectors. For any other text, the
/// browser opens the timeline with all changes that contain the text. If this text is a GUID that no index finds, the
/// timeline shows the changes whose request has this id.
struct SearchController {
  /// The maximum length in bytes of a text that is compared with ids. All ids are shorter.
  private static let longestID = 512

  let changes: ChangeService
  let history: HistoryService

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/search", use: search)
  }

  private func search(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    guard let text = try request.filledQuery(allowing: ["q"])["q"] else { return .seeOther("/") }
    let results = "/?" + Request.encoded(["q": text])
    guard text.utf8.count <= Self.longestID else { return .seeOther(results) }
    var paths: Set<String> = []
    let number = text.hasPrefix("#") ? String(text.dropFirst()) : text
    if let id = Change.ID(number), try await exists(id) { paths.insert("/changes/\(id)") }
    let correlated = try await changes(.correlationId, text)
    // If several changes have the correlation id, the timeline shows them.
    guard correlated.count < 2 else { return .seeOther(results) }
    paths.formUnion(correlated.map { "/changes/\($0.id)" })
    if let id = ConnectorID(text), try await history.knownConnector(id).isKnown { paths.insert("/connectors/\(id)") }
    let flows = try await history.flows()
    paths.formUnion(
      flows.filter { text.isSame(as: $0.flow.text) || text.isSame(as: $0.description) }.map { "/flows/\($0)" }
    )
    if let address = Address(abbreviated: text), let flow = flows.first(where: { $0 == FlowName(of: address) }) {
      paths.insert("/flows/\(flow)#\(FlowPage.anchor(of: address.step))")
    }
    for type in [Change.ActorType.user, .app, .token] {
      guard let actor = ActorID(type, text) else { continue }
      let isKnown = try await !history.activity(of: actor, size: 1).items.isEmpty
      if isKnown { paths.insert("/actors/\(type.rawValue)/\(text.percentEncoded())") }
    }
    guard paths.isEmpty else { return .seeOther(paths.count == 1 ? paths.first ?? results : results) }
    let url = String(text.prefix { $0 != "?" })
    if Self.isURLPart(url), try await isPartOfTargetURL(url, context) {
      return .seeOther("/connectors?" + Request.encoded(["q": url]))
    }
    guard GUID.normalized(text) != nil, try await changes(.batchId, text).isEmpty else { return .seeOther(results) }
    return .seeOther("/?" + Request.encoded(["request": text]))
  }

  /// Returns whether a text can be a part of a URL that names a host or a path. A single word is a name or a reason.
  private static func isURLPart(_ text: String) -> Bool {
    text.contains { ".:/".contains($0) } && !text.contains(where: \.isWhitespace)
  }

  /// Returns whether the list of connectors has a connector whose target URL contains a text.
  private func isPartOfTargetURL(_ text: String, _ context: ReflogRequestContext) async throws -> Bool {
    let embedded = try await changes.embeddedConnectors(for: try context.requireCaller())
    return try await history.isPartOfTargetURL(text, embedded: embedded)
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

  /// Returns up to two changes with this id in a field that has an index.
  private func changes(_ field: ChangeField.Plain, _ text: String) async throws -> [Change] {
    let ids = Set([text, GUID.normalized(text) ?? text])
    let filter = ChangeFilter.oneOf(.plain(field), ids.sorted().map { .text($0) })
    return try await history.page(ChangeQuery(filter: filter), behind: nil, size: 2).changes
  }
}
