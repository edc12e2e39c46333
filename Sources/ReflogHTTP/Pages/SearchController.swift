import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The search field at the top of every page.
///
/// If the text is the whole id of exactly one change, connector, flow or actor, or the address of a step, the browser
/// opens the page of this item. The same is true if the text is the correlation id of exactly one change. For any other
/// text, the browser opens the timeline with all changes that contain the text. If no change contains the text, but the
/// target URL of a connector contains it, the browser opens the list of these connectors.
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
    if let address = Address(abbreviated: text), let flow = flows.first(where: { $0 == FlowName(of: address) }),
      try await history.isKnownStep(address)
    {
      paths.insert("/flows/\(flow)#\(FlowPage.anchor(of: address.step))")
    }
    for type in [Change.ActorType.user, .app, .token] {
      guard let actor = ActorID(type, text) else { continue }
      let isKnown = try await !history.activity(of: actor, size: 1).items.isEmpty
      if isKnown { paths.insert("/actors/\(type.rawValue)/\(text.percentEncoded())") }
    }
    guard paths.isEmpty else { return .seeOther(paths.count == 1 ? paths.first ?? results : results) }
    let url = String(text.prefix { $0 != "?" })
    guard Self.hasHost(url), try await isPartOfTargetURL(url, context), try await !isInHistory(text) else {
      return .seeOther(results)
    }
    return .seeOther("/connectors?" + Request.encoded(["q": url]))
  }

  /// Returns whether a text is a URL with a host, or begins with a text that looks like a host.
  ///
  /// A host such as `contoso.example` has several labels, and the last label begins with a letter. So `v1.2` is not a
  /// host.
  static func hasHost(_ text: String) -> Bool {
    guard !text.contains(where: \.isWhitespace) else { return false }
    if let end = text.firstRange(of: "://")?.upperBound { return end < text.endIndex && text[end] != "/" }
    let labels = text.prefix { !":/".contains($0) }.split(separator: ".", omittingEmptySubsequences: false)
    let areLabels = labels.allSatisfy { label in
      !label.isEmpty && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
    }
    return labels.count > 1 && areLabels && labels.last?.first?.isLetter == true
  }

  /// Returns whether the timeline finds a change that contains a text, or ends its search before the oldest change.
  private func isInHistory(_ text: String) async throws -> Bool {
    let (query, problem) = PlainQuestion.query(["q": text])
    guard problem == nil else { return false }
    let page = try await history.page(query, behind: nil, size: 1)
    return !page.changes.isEmpty || page.next != nil
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

  /// Returns the two newest changes whose field contains this id.
  ///
  /// The field must have an index.
  private func changes(_ field: ChangeField.Plain, _ text: String) async throws -> [Change] {
    let ids = Set([text, GUID.normalized(text) ?? text])
    let filter = ChangeFilter.oneOf(.plain(field), ids.sorted().map { .text($0) })
    return try await history.page(ChangeQuery(filter: filter), behind: nil, size: 2).changes
  }
}
