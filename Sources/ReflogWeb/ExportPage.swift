/// The page on which you choose the changes to export and the format of the file.
package struct ExportPage: Sendable {
  let form: FilterForm
  let formats: [Format]
  /// The query of the timeline with `?` in front, or empty. The link to the timeline contains it.
  let trail: String

  /// A format of the exported file.
  struct Format: Sendable {
    /// The value of the form's field `format`.
    let value: String
    let label: String
    let hint: String
    let isChosen: Bool
  }

  /// Creates the page with a form that filters the changes, empty or filled in.
  ///
  /// - Parameters:
  ///   - form: the form.
  ///   - trail: the query of the timeline with `?` in front, or empty.
  package init(_ form: FilterForm, trail: String = "") {
    (self.form, self.trail) = (form, trail)
    formats = [
      ("csv", "CSV", "One row per change (RFC 4180). A cell that a spreadsheet would run gets a leading apostrophe."),
      ("excel", "CSV for Excel", "The same rows, with a byte order mark and with times that Excel can read."),
      ("jsonl", "JSON Lines", "One JSON object per line, with every member that the history routes return."),
      ("ocsf", "OCSF", "Entity Management (3004) of OCSF 1.8.0, for a SIEM or a data lake."),
      ("asim", "ASIM", "AuditEvent of Microsoft Sentinel."),
    ].map { Format(value: $0.0, label: $0.1, hint: $0.2, isChosen: $0.0 == "csv") }
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Export", frame: frame, in: .export, page: self), "export")
  }
}
