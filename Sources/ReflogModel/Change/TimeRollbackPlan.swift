/// What a rollback to a time would do now.
package struct TimeRollbackPlan: Sendable {
  package let rollback: TimeRollback
  package let steps: [TimeRollback.Step]
  /// Why it could not be found out whether the connectors to go back to are still there; nothing where it could.
  package let unasked: String?

  package init(rollback: TimeRollback, steps: [TimeRollback.Step], unasked: String?) {
    self.rollback = rollback
    self.steps = steps
    self.unasked = unasked
  }
}
