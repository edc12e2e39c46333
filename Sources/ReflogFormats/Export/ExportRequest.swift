package import ReflogModel

/// The selection of changes to export, and the format of the file.
package struct ExportRequest: Sendable {
  /// The format of the file.
  package var format: ExportFormat
  /// The style of CSV, which is ignored for other formats.
  package var style: CSVStyle
  /// The text of `$filter`, or nil to export all changes.
  package var filter: String?
  /// The position of a log entry, or nil to export all changes.
  ///
  /// Only changes that have a log entry with a higher sequence are exported.
  package var after: LogPosition?
  /// Whether a filter on flows also selects the changes of the connectors that the flows' steps called.
  package var includesImpact: Bool

  /// Creates a request.
  ///
  /// By default all changes are exported.
  package init(
    _ format: ExportFormat,
    _ style: CSVStyle = CSVStyle(),
    filter: String? = nil,
    after: LogPosition? = nil,
    includesImpact: Bool = false
  ) {
    self.format = format
    self.style = style
    self.filter = filter
    self.after = after
    self.includesImpact = includesImpact
  }

  /// The writer of changes in this format and style.
  package var lines: ExportLines<Change> { ExportLines(format, style) }

  /// The query in the URL of the request for this export.
  package var query: String {
    var options = [QueryItem("$format", format.rawValue)] + style.options.map { QueryItem($0, "true") }
    if let filter { options.append(QueryItem("$filter", filter)) }
    if includesImpact { options.append(Self.impact) }
    if let after { options.append(QueryItem("after", after.description)) }
    return options.encoded(keeping: "$")
  }

  /// The option that requests the changes of connectors.
  private static let impact = QueryItem(QueryScope.option, QueryScope.impact.rawValue)

  /// The options in the manifest of the exported file.
  package var manifestOptions: [String] { style.options + (includesImpact ? [Self.impactOption] : []) }

  /// The option that requests the changes of connectors, in the form that a manifest contains.
  private static let impactOption = "\(impact.name)=\(impact.value)"

  /// Returns whether the options in a manifest request the changes of connectors.
  package static func includesImpact(inManifestOptions options: [String]) -> Bool { options.contains(impactOption) }
}
