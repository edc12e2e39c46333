package import ReflogModel

/// A list of the history API, or one page of such a list.
package struct Listing<Item: Listed> {
  private let items: [Item]
  private let next: String?
  private let selected: Set<String>?
  private let count: Int?
  private let nearest: [NearestNames]
  private let searched: Timestamp?

  /// Creates a list.
  ///
  /// - Parameters:
  ///   - items: The items of the page.
  ///   - next: The token of the next page, or nil if this is the last page.
  ///   - selected: The names of the members to show, or nil for all.
  ///   - count: The total number of items, or nil if the total was not requested.
  ///   - nearest: The recorded names that are similar to the texts in the filter. The list is empty if an item matches.
  ///   - searched: If the search ended early, the time of the last item that was searched. Otherwise nil.
  package init(
    _ items: [Item],
    next: String? = nil,
    selected: Set<String>? = nil,
    count: Int? = nil,
    nearest: [NearestNames] = [],
    searched: Timestamp? = nil
  ) {
    self.items = items
    self.next = next
    self.selected = selected
    self.count = count
    self.nearest = nearest
    self.searched = searched
  }

  /// Returns the list as JSON.
  ///
  /// - Parameters:
  ///   - versionURL: The URL of this server up to the version, without a slash at the end. If the URL is nil, the list
  ///     has no links.
  ///   - options: The options of the request, which the link to the next page repeats.
  package func json(versionURL: String?, repeating options: [QueryItem] = []) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL { json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/\(Item.collection)") }
    if let count { json["@odata.count"] = .integer(count) }
    if let versionURL, let next {
      // Reflog counts the items for the first page only. So the link to the next page must not request the total
      // number.
      let kept = options.filter { option in
        let name = option.name.lowercased()
        return !name.hasSuffix("skiptoken") && !name.hasSuffix("count")
      }
      let query = (kept + [QueryItem("$skiptoken", next)]).encoded(keeping: "$'()/,:")
      json["@odata.nextLink"] = .string("\(versionURL)/auditLogs/\(Item.collection)?\(query)")
    }
    if !nearest.isEmpty { json["@reflog.nearestNames"] = .array(nearest.map(\.json)) }
    if let searched { json["@reflog.searchedDateTime"] = .string(searched.description) }
    let members = Item.members.filter { selected?.contains($0.name) ?? true }
    json["value"] = .array(items.map { .object(JSONObject($0, members)) })
    return json
  }
}

extension NearestNames {
  /// The names as JSON of the history API.
  fileprivate var json: JSONValue { .object(["text": .string(text), "names": .array(names.map { .string($0) })]) }
}
