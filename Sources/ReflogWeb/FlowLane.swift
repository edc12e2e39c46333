package import ReflogModel

/// The references that one step had over time, as a sequence of periods.
package struct FlowLane: Sendable {
  /// The step that the lane shows.
  package let step: Step
  /// The periods, oldest first.
  ///
  /// Each period ends when the next period starts.
  let periods: [Period]
  /// True if the first period starts with the step's oldest applied change in the log.
  let isWhole: Bool
  /// The newest changes of the connectors that the step called, newest first.
  ///
  /// The step called the connector when the change was made.
  let edits: [Change]

  /// A period in which the step's reference did not change.
  struct Period: Sendable {
    let reference: ConnectorReference
    /// The change that started the period.
    let change: Change
    let start: Timestamp
  }

  /// Creates the lane of a step.
  ///
  /// - Parameters:
  ///   - step: the step that the lane shows.
  ///   - changes: applied changes of the step, newest first.
  ///   - isWhole: true if `changes` contains all applied changes of the step.
  package init(_ step: Step, _ changes: [Change], isWhole: Bool) {
    edits = []
    self.step = step
    self.isWhole = isWhole
    var periods: [Period] = []
    for change in changes.reversed() where periods.last?.reference != change.after {
      let settled = change.newestDateTime
      // If the server's clock was set back between two changes, the later change has an earlier time. But a period must
      // not start earlier than the previous period.
      periods.append(
        Period(reference: change.after, change: change, start: max(settled, periods.last?.start ?? settled))
      )
    }
    self.periods = periods
  }

  /// Returns a copy of the lane with these changes of connectors, newest first.
  package func with(edits: [Change]) -> FlowLane { FlowLane(self, edits: edits) }

  private init(_ lane: FlowLane, edits: [Change]) {
    (step, periods, isWhole) = (lane.step, lane.periods, lane.isWhole)
    self.edits = edits
  }

  /// The start of the first period, or nil if the lane has no periods.
  package var start: Timestamp? { periods.first?.start }
}
