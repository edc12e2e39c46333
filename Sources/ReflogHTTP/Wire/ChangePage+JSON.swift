package import ReflogModel

extension ChangePage {
  /// The page as the history surface shows it.
  ///
  /// - Parameters:
  ///   - versionURL: the URL of this server up to the version, without a slash behind it; without a server there are no
  ///     links.
  ///   - size: the `$top` that the next page is to have too.
  package func json(versionURL: String?, size: Int) -> JSONObject {
    var json: JSONObject = [:]
    if let versionURL { json["@odata.context"] = .string("\(versionURL)/$metadata#auditLogs/connectorChanges") }
    if let versionURL, let next {
      json["@odata.nextLink"] = .string("\(versionURL)/auditLogs/connectorChanges?$top=\(size)&$skiptoken=\(next)")
    }
    json["value"] = .array(changes.map { .object($0.json) })
    return json
  }
}
