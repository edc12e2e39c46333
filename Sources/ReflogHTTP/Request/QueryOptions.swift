import FoundationEssentials
import Hummingbird
import ReflogFormats
import ReflogModel

/// The query of a URL, each option known by name; the `$` before it may be missing or encoded.
struct QueryOptions {
  /// The options that Reflog has, some of them at some places only.
  enum Name: String, CaseIterable {
    case filter, orderby, top, count, select, skiptoken, format, raw, excel, after, manifest
    case asOf = "asof"
  }

  private var values: [Name: String] = [:]

  /// Refuses whatever is not allowed at this place, twice there, or broken: nothing is silently ignored.
  init(_ request: Request, allowing allowed: [Name]) throws(RequestError) {
    try self.init(try request.queryItems(), allowing: allowed)
  }

  /// The same for a query that is read already.
  init(_ items: [QueryItem], allowing allowed: [Name]) throws(RequestError) {
    for item in items {
      let key = item.name
      let bare = key.hasPrefix("$") ? String(key.dropFirst()) : key
      guard let name = allowed.first(where: { $0.rawValue == bare.lowercased() }) else {
        throw .badRequest("The query option \(key) is not supported here.", target: key)
      }
      guard values[name] == nil else { throw .badRequest("The query option \(key) stands twice.", target: key) }
      values[name] = item.value
    }
  }

  subscript(name: Name) -> String? { values[name] }

  /// `$top`: 1 to 1000, and 100 where it is not given.
  func top() throws(RequestError) -> Int {
    guard let text = values[.top] else { return 100 }
    guard let top = Int(text), (1...1000).contains(top) else {
      throw .badRequest("$top is a whole number from 1 to 1000.", target: "$top")
    }
    return top
  }

  /// `asOf`: a moment that is over.
  func moment() throws(RequestError) -> Timestamp? {
    guard let text = values[.asOf] else { return nil }
    guard let moment = Timestamp(parsing: text) else {
      throw .badRequest("asOf is a time, such as 2026-03-01T14:00:00Z.", target: "asOf")
    }
    guard moment <= Timestamp(Date()) else {
      throw .badRequest("asOf is in the future, of which nothing is known.", target: "asOf")
    }
    return moment
  }

  /// `after`: the number of an entry.
  func after() throws(RequestError) -> Int64? {
    guard let text = values[.after] else { return nil }
    guard let sequence = Int64(text), sequence >= 0 else {
      throw .badRequest(
        "after is the number of an entry: the Reflog-Newest-Sequence of an earlier export.",
        target: "after"
      )
    }
    return sequence
  }

  /// `$filter`, over the fields that this place has.
  func parsedFilter<Field>() throws(RequestError) -> Filter<Field>? {
    guard let text = values[.filter] else { return nil }
    do {
      return try Filter<Field>.parse(text)
    } catch {
      throw .badRequest(error.description, target: "$filter")
    }
  }

  /// `$filter`, and the order that `$orderby` asks for: `activityDateTime` or `id`, each perhaps with `asc` or `desc`.
  func query<Field>() throws(RequestError) -> HistoryQuery<Field> {
    let filter: Filter<Field>? = try parsedFilter()
    guard let order = values[.orderby] else { return HistoryQuery(filter: filter) }
    // The two are one order, so whatever stands behind the first changes nothing.
    let words = (order.split(separator: ",").first ?? "").split(separator: " ")
    guard let field = words.first, ["activityDateTime", "id"].contains(field), words.count <= 2,
      words.count == 1 || ["asc", "desc"].contains(words[1]),
      order.split(separator: ",", omittingEmptySubsequences: false).count <= 2
    else { throw .badRequest("$orderby is activityDateTime or id, with asc or desc behind it.", target: "$orderby") }
    return HistoryQuery(filter: filter, isAscending: words.count == 1 || words[1] == "asc")
  }

  /// `$select`: names of members, with commas between them; nothing where all are wanted.
  func selected(from known: [String]) throws(RequestError) -> Set<String>? {
    guard let text = values[.select] else { return nil }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0).trimmingPrefix(while: { $0 == " " })
    }
    if let unknown = names.first(where: { !known.contains(String($0)) }) {
      throw .badRequest("$select holds \(unknown), and there is no such member.", target: "$select")
    }
    return Set(names.map(String.init))
  }

  /// `raw` and `excel`: for whom a CSV is written.
  func csvStyle() throws(RequestError) -> CSVStyle {
    CSVStyle(isRaw: try flag(.raw), isForExcel: try flag(.excel))
  }

  func flag(_ name: Name) throws(RequestError) -> Bool {
    switch values[name] {
    case nil, "false": return false
    case "true": return true
    default: throw .badRequest("\(name.rawValue) is true or false.", target: name.rawValue)
    }
  }
}

extension Request {
  /// The options in the query, decoded, for the directory to judge.
  func queryItems() throws(RequestError) -> [QueryItem] {
    guard let query = uri.query, !query.isEmpty else { return [] }
    var items: [QueryItem] = []
    for pair in query.split(separator: "&") {
      guard let item = QueryItem(encoded: pair) else {
        throw .badRequest("The query holds a broken percent sign or no UTF-8.", target: String(pair))
      }
      items.append(item)
    }
    return items
  }
}
