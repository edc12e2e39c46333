package import ReflogModel

/// The page with the steps that differ between two times.
package struct DifferencesPage: Sendable {
  let rows: [Row]
  let isEmpty: Bool
  /// The field for the earlier time.
  let asOf: TimeField
  /// The field for the later time.
  let compareWith: TimeField
  /// The text to search for in the ids of flows, or an empty text for all flows.
  let search: String
  /// The part of a URL's query that selects the same flows, with `&` in front, or an empty text for all flows.
  let searchQuery: String
  /// The query of the link to the list of flows, with `?` in front. The list then shows the same flows.
  ///
  /// The text is empty if this page shows all flows.
  let trail: String
  /// The times, or nil if a time is not valid.
  let times: Times?
  /// A sentence with the number of differences.
  let count: String
  /// The message about an invalid value.
  ///
  /// The message is nil if all values are valid, or if the field with the invalid value shows the message itself.
  let problem: String?
  /// The query of the next page, or nil if this is the last page.
  let next: String?
  /// Whether the list has other pages.
  let isPart: Bool

  /// The two times that are compared.
  struct Times: Sendable {
    let first: Moment
    let second: Moment
  }

  /// A step that differs, shown as a row of the table.
  struct Row: Sendable {
    let step: String
    let flow: String
    /// The flow's type and id, for example `b2cUserFlows/B2C_1_signup`.
    let flowName: String
    let before: ReferenceView
    let after: ReferenceView
    /// The edits of the connector as a sentence without a full stop, or nil if the step differs in another way.
    let edits: String?
    /// True if a change of the step was pending at the first time.
    let wasUncertain: Bool
    /// True if a change of the step was pending at the second time.
    let isUncertain: Bool
    /// The change that caused the difference, or nil if no such change is known.
    let change: LinkedChange?
    /// The query of the timeline with all changes of the step between the two times.
    ///
    /// The timeline selects changes by the times at which they were recorded, and the comparison uses the times at
    /// which they were settled. So the period of the query can begin earlier than the first of the two times.
    let query: String
  }

  /// The two times and the flows that a person requested.
  package struct Question: Sendable {
    /// The text that was typed as the earlier time.
    package var asOf = ""
    /// The text that was typed as the later time.
    package var compareWith = ""
    /// The text to search for in the ids of flows, or an empty text for all flows.
    package var search = ""
    /// True if this is not the first page.
    package var isBehindOthers = false
    /// The errors in the form, at most one for each field.
    package var problems: [FormError] = []

    /// Creates an empty question.
    package init() {}

    fileprivate func problem(in field: String) -> FormError? { problems.first { $0.field == field } }
  }

  /// The maximum length, in scalars, of the sentence about edits.
  private static let length = 300
  /// The maximum length, in scalars, of the searched text in the sentence about the numbers. A longer text is
  /// shortened.
  private static let searchLength = 80

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - comparison: the comparison, or nil if a time is not valid.
  ///   - shown: the differences on this page.
  ///   - question: the times and the flows that the person requested.
  ///   - next: the query of the next page, or nil if this is the last page.
  package init(
    _ comparison: ConfigurationComparison?,
    shown: [ConfigurationDifference],
    of question: Question,
    next: String?
  ) {
    asOf = TimeField("asOf", question.asOf, isRequired: true, problem: question.problem(in: "asOf"))
    compareWith = TimeField(
      "compareWith",
      question.compareWith,
      isRequired: true,
      problem: question.problem(in: "compareWith")
    )
    problem = question.problems.first?.message(except: asOf, compareWith)
    search = question.search
    searchQuery = search.isEmpty ? "" : "&flow=\(search.percentEncoded())"
    trail = search.isEmpty ? "" : "?flow=\(search.percentEncoded())"
    times = comparison.map { Times(first: Moment($0.first), second: Moment($0.second)) }
    rows = comparison.map { comparison in shown.map { Self.row($0, comparison) } } ?? []
    isEmpty = comparison?.differences.isEmpty ?? false
    count = comparison.map { Self.sentence($0, search: question.search) } ?? ""
    self.next = next
    isPart = next != nil || question.isBehindOthers
  }

  private static func row(_ difference: ConfigurationDifference, _ comparison: ConfigurationComparison) -> Row {
    let flow = FlowName(of: difference.address).description
    let since = min(comparison.first, difference.change?.activityDateTime ?? comparison.first)
    let query = [
      QueryItem("flow", flow), QueryItem("step", difference.address.step.name),
      QueryItem("since", since.description), QueryItem("until", comparison.second.next.description),
    ]
    return Row(
      step: difference.address.step.name,
      flow: difference.address.flow.text,
      flowName: flow,
      before: ReferenceView(difference.before?.reference ?? .unknown),
      after: ReferenceView(difference.after.reference),
      edits: difference.summary?.shortened(to: length),
      wasUncertain: difference.before?.isCertain == false,
      isUncertain: !difference.after.isCertain,
      change: difference.change.map(LinkedChange.init),
      query: query.encoded()
    )
  }

  /// Returns a sentence with the numbers of the differences of each kind.
  ///
  /// - Parameters:
  ///   - comparison: the comparison of the steps that the person requested.
  ///   - search: the text to search for in the ids of flows, or an empty text for all flows.
  private static func sentence(_ comparison: ConfigurationComparison, search: String) -> String {
    func number(_ kind: ConfigurationDifference.Kind) -> Int { comparison.differences.count { $0.kind == kind } }
    let steps = comparison.comparedCount.grouped
    let condition = search.isEmpty ? nil : "whose id contains '\(search.shortened(to: searchLength))'"
    let flows = condition.map { (one: " of a flow \($0)", many: " of flows \($0)") } ?? (one: "", many: "")
    var parts: [String] = []
    func calling(_ number: Int) -> String { number == 1 ? "1 calls" : "\(number.grouped) call" }
    func being(_ number: Int) -> String { number == 1 ? "1 is" : "\(number.grouped) are" }
    if number(.reference) > 0 { parts.append("\(calling(number(.reference))) something else") }
    if number(.connector) > 0 {
      parts.append("\(calling(number(.connector))) a connector that was edited or deleted")
    }
    if number(.unknown) > 0 { parts.append("\(being(number(.unknown))) unknown at the first time") }
    if number(.uncertain) > 0 { parts.append("\(being(number(.uncertain))) uncertain because a change was pending") }
    let list = parts.joined(separator: ", ")
    return parts.isEmpty
      ? "No step\(flows.one) differs. Recorded steps: \(steps)."
      : "Of \(steps) recorded steps\(flows.many): \(list)."
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Differences", frame: frame, in: .flows, page: self), "differences")
  }
}
