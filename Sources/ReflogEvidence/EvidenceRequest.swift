package import ReflogModel

/// The selection of the changes that an evidence pack contains.
package struct EvidenceRequest: Sendable {
  /// The period in which the changes were recorded, according to `activityDateTime`.
  package let period: Period
  /// The id of a flow, with or without its type.
  ///
  /// The value is nil if the pack contains the changes of all flows.
  package let flow: String?

  /// Creates a request.
  package init(_ period: Period, flow: String?) {
    (self.period, self.flow) = (period, flow)
  }

  /// The query that selects the changes.
  ///
  /// If the request names a flow, the query also selects each change of a connector that a step of the flow called when
  /// the change was made.
  package func query() throws(FilterError) -> ChangeQuery {
    var question = PlainQuestion()
    (question.flow, question.since, question.until) = (flow, period.start, period.end)
    // The manifest contains the name of exactly one flow. So the filter must not select other flows whose ids only
    // contain this name.
    question.isWholeAddress = true
    return ChangeQuery(filter: try question.filter(), includesImpact: flow != nil)
  }

  /// A text for people that names the selected flows.
  var flows: String { flow.map { "\($0.printable), and the connectors that it called" } ?? "all" }

  /// The parts of the name of the pack's file: `evidence`, the period such as `2026-Q3`, and the id of the flow, if the
  /// pack has one flow.
  package var nameParts: [String] {
    let id = flow.map { [String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...])] }
    return ["evidence", period.name.replacing("..", with: "-to-")] + (id ?? [])
  }
}
