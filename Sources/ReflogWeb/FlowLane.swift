package import ReflogModel

/// What one step called, one period after another.
package struct FlowLane: Sendable {
  package let step: Step
  /// From when on one thing was called until the next was, oldest first.
  let periods: [Period]
  /// Whether nothing is on record before the first of them.
  let isWhole: Bool

  struct Period: Sendable {
    let reference: ConnectorReference
    /// The change that began it.
    let change: Change
    let start: Timestamp
  }

  /// - Parameters:
  ///   - changes: applied changes of the step, newest first.
  ///   - isWhole: whether they are all that there are.
  package init(_ step: Step, _ changes: [Change], isWhole: Bool) {
    self.step = step
    self.isWhole = isWhole
    var periods: [Period] = []
    for change in changes.reversed() where periods.last?.reference != change.after {
      let settled = change.resultDateTime ?? change.activityDateTime
      // Clocks may have been set back; what came later did not begin earlier.
      periods.append(
        Period(reference: change.after, change: change, start: max(settled, periods.last?.start ?? settled))
      )
    }
    self.periods = periods
  }

  /// The first moment of which is known what was called.
  package var start: Timestamp? { periods.first?.start }
}
