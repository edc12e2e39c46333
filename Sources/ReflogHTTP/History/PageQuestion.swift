import Hummingbird
import ReflogFormats
import ReflogModel

/// A request for a page of a list: of changes, or of service events.
struct PageQuestion<Item: Listed, Field: FilterField> {
  let query: HistoryQuery<Field>
  /// How many items at most.
  let size: Int
  /// The id that the page begins behind, or nil if it is the first.
  let behind: Int64?
  /// Whether it is asked how many there are in all.
  let isCounted: Bool

  private let items: [QueryItem]
  private let cursor: Cursor
  private let selected: Set<String>?

  init(_ items: [QueryItem], cursorKey: [UInt8]) throws(RequestError) {
    self.items = items
    let options = try QueryOptions(items, allowing: [.filter, .orderby, .top, .count, .select, .skiptoken, .format])
    query = try options.query()
    size = try options.top()
    cursor = Cursor(of: query, key: cursorKey)
    behind = if let token = options[.skiptoken] { try cursor.id(in: token) } else { nil }
    selected = try options.selected(from: Item.members.map(\.name))
    isCounted = try options.flag(.count)
  }

  /// - Parameters:
  ///   - next: the id that the next page begins behind, or nil if this is the last.
  ///   - count: how many there are in all, or nil if nobody asked.
  func answer(
    _ page: [Item],
    next: Int64?,
    count: Int?,
    to request: Request,
    _ context: ReflogRequestContext
  ) throws -> Response {
    let listing = Listing(page, next: next.map(cursor.token(behind:)), selected: selected, count: count)
    return Response(json: listing.json(versionURL: try request.versionURL(context), repeating: items))
  }
}
