package import ReflogModel

/// The references of one step over time, as a sequence of periods.
package struct FlowLane: Sendable {
  /// The step that the lane shows.
  package let step: Step
  /// The periods, oldest first; each ends when the next one starts.
  let periods: [Period]
  /// True if no change of the step is recorded before the first period.
  let isWhole: Bool

  /// A time during which the step called one reference.
  struct Period: Sendable {
    let reference: ConnectorReference
    /// The change that started the period.
    let change: Change
    let start: Timestamp
  }

  /// Makes the lane of a step.
  ///
  /// - Parameters:
  ///   - step: the step that the lane shows.
  ///   - changes: applied changes of the step, newest first.
  ///   - isWhole: true if these are all applied changes of the step.
  package init(_ step: Step, _ changes: [Change], isWhole: Bool) {
    self.step = step
    self.isWhole = isWhole
    var periods: [Period] = []
    for change in changes.reversed() where periods.last?.reference != change.after {
      let settled = change.resultDateTime ?? change.activityDateTime
      // The clock may have been set back, but a later change never starts earlier than the one before it.
      periods.append(
        Period(reference: change.after, change: change, start: max(settled, periods.last?.start ?? settled))
      )
    }
    self.periods = periods
  }

  /// The start of the first period, or nil if the lane has none.
  package var start: Timestamp? { periods.first?.start }
}
