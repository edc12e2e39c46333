package import ReflogModel

/// A page of history as the history surface shows it.
package struct ChangeListing {
  private let page: ChangePage
  private let cursor: Cursor?
  private let selected: Set<String>?
  private let count: Int?

  /// - Parameters:
  ///   - cursor: ties the link to the next page to its question.
  ///   - selected: the members of each change that are shown; all of them where this is nothing.
  ///   - count: how many changes there are in all, where that was asked for.
  package init(page: ChangePage, cursor: Cursor? = nil, selected: Set<String>? = nil, count: Int? = nil) {
    self.page = page
    self.cursor = cursor
    self.selected = selected
    self.count = count
  }

  /// The members of a change.
  static let members = [
    "id", "sequence", "activityDateTime", "kind", "result", "resultDateTime", "tenantId", "subject", "flowType",
    "flowId",
    "step", "before", "after", "changedProperties", "initiatedBy", "reason", "correlationId", "requestId",
    "graphRequestId", "rollbackOf", "rollbackTo", "batchId", "status", "lastVerifiedDateTime",
  ]

  /// - Parameters:
  ///   - versionURL: the URL of this server up to the version, without a slash behind it; without a server there are no
  ///     links.
  ///   - options: those of the question, which the next link repeats.
  package func json(versionURL: String?, repeating options: [QueryItem] = []) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL { json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/connectorChanges") }
    if let count { json["@odata.count"] = .integer(count) }
    if let versionURL, let cursor, let next = page.next {
      let token = QueryItem("$skiptoken", cursor.token(behind: next))
      // What is counted once need not be counted for every page.
      let kept =
        options.filter { option in
          let name = option.name.lowercased()
          return !name.hasSuffix("skiptoken") && !name.hasSuffix("count")
        } + [token]
      let text = kept.map { "\($0.name.percentEncoded(keeping: "$"))=\($0.value.percentEncoded(keeping: "$'()/,:"))" }
      json["@odata.nextLink"] = .string("\(versionURL)/auditLogs/connectorChanges?\(text.joined(separator: "&"))")
    }
    json["value"] = .array(page.changes.map { .object(shown($0.json)) })
    return json
  }

  private func shown(_ change: JSONObject) -> JSONObject {
    guard let selected else { return change }
    var shown: JSONObject = [:]
    for member in change.members where selected.contains(member.name) { shown[member.name] = member.value }
    return shown
  }
}
