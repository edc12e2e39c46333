/// Where somebody chooses what to take away, and as what.
package struct ExportPage: Sendable {
  let form: FilterForm
  let formats: [Format]

  struct Format: Sendable {
    let value: String
    let word: String
    let hint: String
    let isChosen: Bool
  }

  package init(_ form: FilterForm) {
    self.form = form
    formats = [
      ("csv", "CSV", "One row a change, as RFC 4180 says; cells that a spreadsheet would run are made harmless."),
      ("excel", "CSV for Excel", "The same, so that Excel opens it by a double click."),
      ("jsonl", "JSON Lines", "One object a line, with everything that the history routes answer."),
      ("ocsf", "OCSF", "Entity Management (3004) of OCSF 1.8.0, for a SIEM or a data lake."),
      ("asim", "ASIM", "AuditEvent of Microsoft Sentinel."),
    ].map { Format(value: $0.0, word: $0.1, hint: $0.2, isChosen: $0.0 == "csv") }
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Export", frame: frame, in: .export, page: self), "export")
  }
}
