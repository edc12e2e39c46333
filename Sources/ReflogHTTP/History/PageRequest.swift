import Hummingbird
import ReflogFormats
import ReflogModel
import ReflogService

/// A request for one page of changes or of service events.
struct PageRequest<Item: Listed, Field: FilterField> {
  let query: HistoryQuery<Field>
  /// The maximum number of items on the page.
  let size: Int
  /// The id of the last item on the previous page, or nil for the first page.
  let behind: Int64?
  /// Whether the answer contains the total number of items (`$count`).
  let isCounted: Bool

  private let items: [QueryItem]
  private let cursor: Cursor
  private let selected: Set<String>?

  /// Reads a request for a page from the options of a query.
  ///
  /// - Parameters:
  ///   - items: The decoded query options.
  ///   - history: The service that reads the history.
  init(_ items: [QueryItem], of history: HistoryService) async throws {
    self.items = items
    var allowed: [QueryOptions.Name] = [.filter, .orderby, .top, .count, .select, .skiptoken, .format]
    if Field.self == ChangeField.self { allowed.append(.flowScope) }
    let options = try QueryOptions(items, allowing: allowed)
    query = try options.query()
    size = try options.top()
    cursor = try await history.cursor(of: query)
    behind = if let token = options[.skiptoken] { try await history.id(in: token, of: query) } else { nil }
    selected = try options.selected(from: Item.members.map(\.name))
    isCounted = try options.flag(.count)
  }

  /// Returns the answer that contains a page.
  ///
  /// - Parameters:
  ///   - page: The items of the page.
  ///   - next: The id of the last item on this page, or nil if no page follows.
  ///   - count: The total number of items, or nil if the total was not requested.
  ///   - nearest: The recorded names that are similar to the texts in the filter. The list is empty if an item matches.
  ///   - searched: If the search ended early, the time of the last item that was searched. Otherwise nil.
  ///   - request: The HTTP request.
  ///   - context: The HTTP request's context.
  func answer(
    _ page: [Item],
    next: Int64?,
    count: Int?,
    nearest: [NearestNames] = [],
    searched: Timestamp? = nil,
    to request: Request,
    _ context: ReflogRequestContext
  ) throws -> Response {
    let next = next.map(cursor.token(behind:))
    let listing = Listing(
      page,
      next: next,
      selected: selected,
      count: count,
      nearest: nearest,
      searched: searched
    )
    return Response(json: listing.json(versionURL: try request.versionURL(context), repeating: items))
  }
}
