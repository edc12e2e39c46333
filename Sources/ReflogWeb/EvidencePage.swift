import ReflogModel

/// The page on which you choose the period of the evidence for auditors.
package struct EvidencePage: Sendable {
  let period: String
  let flow: String?
  /// The reason why the period can't be used, or nil if the period can be used.
  let periodProblem: String?
  /// The reason why the flow can't be used, or nil if the flow can be used.
  let flowProblem: String?
  let forms = Period.forms
  /// True if the page shows the command: all values are valid, and the text in the field for the flow contains only
  /// ids.
  let hasCommand: Bool

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - period: The text in the field for the period.
  ///   - flow: The text in the field for the flow, or nil for an empty field.
  ///   - problem: The error in the form, or nil if the form was not sent.
  package init(period: String, flow: String?, problem: FormError?) {
    (self.period, self.flow) = (period, flow)
    periodProblem = problem?.field == "flow" ? nil : problem?.description
    flowProblem = problem?.field == "flow" ? problem?.description : nil
    // An id contains no character that has a meaning for a shell. Another text can contain such a character, so the
    // page shows no command for it.
    let ids = (flow ?? "all").split(separator: "/", omittingEmptySubsequences: false)
    hasCommand = problem == nil && ids.allSatisfy { FlowID($0) != nil }
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Evidence", frame: frame, in: .evidence, page: self), "evidence")
  }
}
