import ReflogModel

/// The page on which you choose the period of the evidence for auditors.
package struct EvidencePage: Sendable {
  let period: String
  let flow: String?
  let problem: String?
  let forms = Period.forms

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - period: The text in the field for the period.
  ///   - flow: The text in the field for the flow, or nil for an empty field.
  ///   - problem: The reason why the period can't be used, or nil if the period can be used.
  package init(period: String, flow: String?, problem: String?) {
    (self.period, self.flow, self.problem) = (period, flow, problem)
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Evidence", frame: frame, in: .evidence, page: self), "evidence")
  }
}
