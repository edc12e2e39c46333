package import ReflogModel

/// A list, or a page of one, as the history surface shows it.
package struct Listing<Item: Listed> {
  private let items: [Item]
  private let next: String?
  private let selected: Set<String>?
  private let count: Int?

  /// - Parameters:
  ///   - next: the token of the next page, or nil if this is the last.
  ///   - selected: the names of the members that are shown, or nil if all are.
  ///   - count: how many there are in all, or nil if nobody asked.
  package init(_ items: [Item], next: String? = nil, selected: Set<String>? = nil, count: Int? = nil) {
    self.items = items
    self.next = next
    self.selected = selected
    self.count = count
  }

  /// - Parameters:
  ///   - versionURL: the URL of this server up to the version, without a slash behind it, or nil if there is no server: then there
  ///     are no links.
  ///   - options: those of the question, which the next link repeats.
  package func json(versionURL: String?, repeating options: [QueryItem] = []) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL { json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/\(Item.collection)") }
    if let count { json["@odata.count"] = .integer(count) }
    if let versionURL, let next {
      // What is counted once need not be counted for every page.
      let kept = options.filter { option in
        let name = option.name.lowercased()
        return !name.hasSuffix("skiptoken") && !name.hasSuffix("count")
      }
      let query = (kept + [QueryItem("$skiptoken", next)]).encoded(keeping: "$'()/,:")
      json["@odata.nextLink"] = .string("\(versionURL)/auditLogs/\(Item.collection)?\(query)")
    }
    let members = Item.members.filter { selected?.contains($0.name) ?? true }
    json["value"] = .array(items.map { .object(JSONObject($0, members)) })
    return json
  }
}
