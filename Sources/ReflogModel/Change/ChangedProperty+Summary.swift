extension Change.ChangedProperty {
  /// The name of the property that contains the name of a connector.
  package static let displayNameName = "displayName"
  /// The name of the property that contains the URL that a connector calls.
  package static let targetURLName = "targetUrl"

  /// A short text about the change of the property, for one row of a list.
  ///
  /// For example: `targetUrl → collect.example.net (was good.example)`. A target URL is shown as its host. If the
  /// change did not change the host, the URLs are shown without their scheme. The new value is first, because a narrow
  /// column cuts the end of the text. If the values are secret or not known, the text contains only the name.
  package var summary: String {
    let (before, after) = shownValues
    let new = after.map { " → \($0)" } ?? ""
    return name + new + (before.map { " (was \($0))" } ?? "")
  }

  private var shownValues: (before: String?, after: String?) {
    guard name == Self.targetURLName else { return (before, after) }
    let hosts = (before: before.map { urlHost($0) ?? $0 }, after: after.map { urlHost($0) ?? $0 })
    guard hosts.before == hosts.after else { return hosts }
    let short = (before: before.map(Self.withoutScheme), after: after.map(Self.withoutScheme))
    return short.before == short.after ? (before, after) : short
  }

  private static func withoutScheme(_ url: String) -> String {
    guard let start = url.firstRange(of: "://")?.upperBound else { return url }
    return String(url[start...])
  }
}

extension [Change.ChangedProperty] {
  /// A short text about the changes of all properties, for one row of a list, or nil if there is no property.
  package var summary: String? { isEmpty ? nil : map(\.summary).joined(separator: ", ") }
}
