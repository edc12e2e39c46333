import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel

/// The values of the query options in a URL.
///
/// The `$` in front of an option's name can be missing or percent-encoded.
struct QueryOptions {
  /// The options that Reflog supports.
  ///
  /// Each route allows some of these options.
  enum Name: String, CaseIterable {
    case filter, orderby, top, count, select, skiptoken, format, raw, excel, after, manifest, period, flow
    case asOf = "asof"
    case compareWith = "comparewith"
    case flowScope = "flowscope"
  }

  private var values: [Name: String] = [:]

  /// Reads the query of a request.
  ///
  /// The initializer throws an error if an option is not allowed on this route, occurs twice, or can't be decoded. So
  /// every option either has an effect or is refused.
  init(_ request: Request, allowing allowed: [Name]) throws(RequestError) {
    try self.init(try request.queryItems(), allowing: allowed)
  }

  /// Reads options that are already decoded, with the same rules as for a request.
  init(_ items: [QueryItem], allowing allowed: [Name]) throws(RequestError) {
    for item in items {
      let key = item.name
      let bare = key.hasPrefix("$") ? String(key.dropFirst()) : key
      guard let name = allowed.first(where: { $0.rawValue == bare.lowercased() }) else {
        throw .badRequest("The query option \(key) is not supported here.", target: key)
      }
      guard values[name] == nil else { throw .badRequest("The query option \(key) is given twice.", target: key) }
      values[name] = item.value
    }
  }

  subscript(name: Name) -> String? { values[name] }

  /// Returns `$top`, a number from 1 to 1000, or 100 if the option is not given.
  func top() throws(RequestError) -> Int {
    guard let text = values[.top] else { return 100 }
    guard let top = Int(text), (1...1000).contains(top) else {
      throw .badRequest("$top must be a whole number from 1 to 1000.", target: "$top")
    }
    return top
  }

  /// Returns the time in the option `compareWith`, or nil if the option is not given. The time must be in the past, and
  /// not earlier than `asOf`.
  ///
  /// The value `now` means the current references, and is returned as `distantFuture`. The current time would be wrong:
  /// if the clock was set back, the newest changes have later times than the clock.
  func comparedMoment(behind first: Timestamp?) throws(RequestError) -> Timestamp? {
    guard let text = values[.compareWith] else { return nil }
    guard let first else {
      throw .badRequest("compareWith needs asOf. Give both times.", target: "asOf")
    }
    if text.asciiFolded == "now" { return .distantFuture }
    guard let moment = Timestamp(parsing: text), moment <= Timestamp(Date()) else {
      throw .badRequest(
        "compareWith must be now, or a time in the past such as 2026-03-01T14:00:00Z.",
        target: "compareWith"
      )
    }
    guard first <= moment else {
      throw .badRequest("compareWith is earlier than asOf. Give the earlier time as asOf.", target: "compareWith")
    }
    return moment
  }

  /// Returns `asOf`, a time in the past, or nil if the option is not given.
  func moment() throws(RequestError) -> Timestamp? {
    guard let text = values[.asOf] else { return nil }
    guard let moment = Timestamp(parsing: text) else {
      throw .badRequest("asOf must be a time such as 2026-03-01T14:00:00Z.", target: "asOf")
    }
    guard moment <= Timestamp(Date()) else {
      throw .badRequest("asOf is in the future. Give a time in the past.", target: "asOf")
    }
    return moment
  }

  /// Returns `after`, the position of an entry, or nil if the option is not given.
  func after() throws(RequestError) -> LogPosition? {
    guard let text = values[.after] else { return nil }
    guard let position = LogPosition(text) else {
      throw .badRequest(
        "The option after must be the position of an entry, such as the Reflog-Position of an earlier export.",
        target: "after"
      )
    }
    return position
  }

  /// Returns `$filter` for the fields of this route's items, or nil if the option is not given.
  func parsedFilter<Field>() throws(RequestError) -> Filter<Field>? {
    guard let text = values[.filter] else { return nil }
    do {
      return try Filter<Field>.parse(text)
    } catch {
      throw .badRequest(error.description, target: "$filter")
    }
  }

  /// Returns the query that is described by `$filter` and `$orderby`.
  ///
  /// The order is `activityDateTime` or `id`, optionally followed by `asc` or `desc`.
  func query<Field>() throws(RequestError) -> HistoryQuery<Field> {
    let filter: Filter<Field>? = try parsedFilter()
    let includesImpact = try includesImpact()
    guard let order = values[.orderby] else { return HistoryQuery(filter: filter, includesImpact: includesImpact) }
    // The fields `activityDateTime` and `id` produce the same order, and no two items have the same `id`. So the first
    // field decides the order. A second field is checked, but has no effect.
    let items = order.split(separator: ",", omittingEmptySubsequences: false)
    let isAscending = try items.map { (item) throws(RequestError) in try Self.isAscending(item) }
    guard items.count <= 2, let first = isAscending.first else { throw Self.wrongOrder }
    return HistoryQuery(filter: filter, isAscending: first, includesImpact: includesImpact)
  }

  /// Returns whether the option `flowScope` requests the changes of connectors too.
  ///
  /// The default is `steps`, which requests only the changes of steps.
  private func includesImpact() throws(RequestError) -> Bool {
    guard let text = values[.flowScope] else { return false }
    guard let scope = QueryScope(rawValue: text.asciiFolded) else {
      throw .badRequest("flowScope must be steps or impact.", target: "flowScope")
    }
    return scope == .impact
  }

  private static func isAscending(_ item: Substring) throws(RequestError) -> Bool {
    let parts = item.split(separator: " ")
    guard let field = parts.first, ["activityDateTime", "id"].contains(field), parts.count <= 2 else {
      throw wrongOrder
    }
    switch parts.count == 1 ? "asc" : String(parts[1]).asciiFolded {
    case "asc": return true
    case "desc": return false
    default: throw wrongOrder
    }
  }

  private static var wrongOrder: RequestError {
    .badRequest("$orderby must be activityDateTime or id, optionally followed by asc or desc.", target: "$orderby")
  }

  /// Returns the member names in `$select`, or nil if the option is not given.
  ///
  /// The names are separated by commas, and `*` means all members. If the result is nil, all members are shown.
  func selected(from known: [String]) throws(RequestError) -> Set<String>? {
    guard let text = values[.select] else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split(separator: " ").joined(separator: " ")
    }
    if names == ["*"] { return nil }
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw .badRequest("$select names \(unknown), which is not a member.", target: "$select")
    }
    return Set(names)
  }

  /// Returns the CSV style that is described by the options `raw` and `excel`.
  func csvStyle() throws(RequestError) -> CSVStyle {
    CSVStyle(isRaw: try flag(.raw), isForExcel: try flag(.excel))
  }

  /// Returns a boolean option, or false if the option is not given.
  func flag(_ name: Name) throws(RequestError) -> Bool {
    switch values[name]?.asciiFolded {
    case nil, "false": return false
    case "true": return true
    default: throw .badRequest("\(name.rawValue) must be true or false.", target: name.rawValue)
    }
  }
}

/// Returns a route's handler that refuses a request with query options, and passes all other requests to `handler`.
func withoutOptions(
  _ handler: @escaping @Sendable (Request, ReflogRequestContext) async throws -> Response
) -> @Sendable @concurrent (Request, ReflogRequestContext) async throws -> Response {
  { request, context in
    _ = try QueryOptions(request, allowing: [])
    return try await handler(request, context)
  }
}

extension Request {
  /// Returns the decoded options of the query, without a check of the names.
  func queryItems() throws(RequestError) -> [QueryItem] {
    guard let query = uri.query, !query.isEmpty else { return [] }
    var items: [QueryItem] = []
    for pair in query.split(separator: "&") {
      guard let item = QueryItem(encoded: pair) else {
        throw .badRequest("The query is not percent-encoded UTF-8.", target: String(pair))
      }
      guard !item.name.isEmpty else {
        throw .badRequest("The query has a value without a name. Write $filter=… for a condition.", target: "query")
      }
      items.append(item)
    }
    return items
  }
}
