package import ReflogModel

/// A page of history as the history surface shows it: changes, or service events.
package struct Listing {
  /// What it is a page of, as in its path.
  package enum Kind: String, Sendable {
    case connectorChanges, serviceEvents

    /// The members of each.
    var members: [String] {
      switch self {
      case .connectorChanges:
        [
          "id", "sequence", "activityDateTime", "kind", "result", "resultDateTime", "tenantId", "subject", "flowType",
          "flowId", "step", "before", "after", "changedProperties", "initiatedBy", "reason", "correlationId",
          "requestId", "graphRequestId", "rollbackOf", "rollbackTo", "batchId", "status", "lastVerifiedDateTime",
        ]
      case .serviceEvents: ["id", "sequence", "activityDateTime", "kind", "count", "initiatedBy", "details"]
      }
    }
  }

  private let kind: Kind
  private let values: [JSONObject]
  private let next: String?
  private let selected: Set<String>?
  private let count: Int?

  /// - Parameters:
  ///   - next: the token of the next page; nothing where this is the last.
  ///   - selected: the members that are shown; all of them where this is nothing.
  ///   - count: how many there are in all, where that was asked for.
  package init(
    _ kind: Kind,
    _ values: [JSONObject],
    next: String? = nil,
    selected: Set<String>? = nil,
    count: Int? = nil
  ) {
    self.kind = kind
    self.values = values
    self.next = next
    self.selected = selected
    self.count = count
  }

  /// - Parameters:
  ///   - versionURL: the URL of this server up to the version, without a slash behind it; without a server there are no
  ///     links.
  ///   - options: those of the question, which the next link repeats.
  package func json(versionURL: String?, repeating options: [QueryItem] = []) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL { json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/\(kind.rawValue)") }
    if let count { json["@odata.count"] = .integer(count) }
    if let versionURL, let next {
      // What is counted once need not be counted for every page.
      let kept =
        options.filter { option in
          let name = option.name.lowercased()
          return !name.hasSuffix("skiptoken") && !name.hasSuffix("count")
        } + [QueryItem("$skiptoken", next)]
      let text = kept.map { "\($0.name.percentEncoded(keeping: "$"))=\($0.value.percentEncoded(keeping: "$'()/,:"))" }
      json["@odata.nextLink"] = .string("\(versionURL)/auditLogs/\(kind.rawValue)?\(text.joined(separator: "&"))")
    }
    json["value"] = .array(values.map { .object(shown($0)) })
    return json
  }

  private func shown(_ value: JSONObject) -> JSONObject {
    guard let selected else { return value }
    var shown: JSONObject = [:]
    for member in value.members where selected.contains(member.name) { shown[member.name] = member.value }
    return shown
  }
}
