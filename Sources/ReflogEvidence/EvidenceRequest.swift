package import ReflogModel

/// The changes that a pack for auditors contains.
package struct EvidenceRequest: Sendable {
  /// The period in which the changes were requested.
  package let period: Period
  /// The id of a flow, with or without its type, or nil for the changes of all flows.
  package let flow: String?

  /// Creates a request.
  package init(_ period: Period, flow: String?) {
    (self.period, self.flow) = (period, flow)
  }

  /// The query that selects the changes.
  package func query() throws(FilterError) -> ChangeQuery {
    var question = PlainQuestion()
    (question.flow, question.since, question.until) = (flow, period.start, period.end)
    // The manifest names one flow, so the text must not select other flows that contain it.
    question.isWholeAddress = true
    return ChangeQuery(filter: try question.filter())
  }

  /// The parts of the name of the pack's file, for example `evidence` and `2026-Q3`, and the id of the flow, if any.
  package var nameParts: [String] {
    let id = flow.map { [String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...])] }
    return ["evidence", period.name.replacing("..", with: "-to-")] + (id ?? [])
  }
}
