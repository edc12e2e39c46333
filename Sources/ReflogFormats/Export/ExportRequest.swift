package import ReflogModel

/// What is exported of history, and in which format.
package struct ExportRequest: Sendable {
  package var format: ExportFormat
  package var style: CSVStyle
  /// `$filter`, or nil if all of it is exported.
  package var filter: String?
  /// Only changes with a newer entry than this are exported; nil: all.
  package var after: Int64?

  package init(_ format: ExportFormat, _ style: CSVStyle = CSVStyle(), filter: String? = nil, after: Int64? = nil) {
    self.format = format
    self.style = style
    self.filter = filter
    self.after = after
  }

  /// How changes are written.
  package var lines: ExportLines<Change> { ExportLines(format, style) }

  /// The query of a URL that asks for it.
  package var query: String {
    var options = [QueryItem("$format", format.rawValue)] + style.options.map { QueryItem($0, "true") }
    if let filter { options.append(QueryItem("$filter", filter)) }
    if let after { options.append(QueryItem("after", String(after))) }
    return options.encoded(keeping: "$")
  }
}
