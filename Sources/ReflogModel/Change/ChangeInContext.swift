/// A change together with facts that other changes contain.
///
/// The record of a change never changes. Later changes and changes of other steps add these facts.
package struct ChangeInContext: Sendable {
  package let change: Change
  /// The applied rollback of the change, the applied rollback of that rollback, and so on.
  ///
  /// The list is empty if the change was not rolled back. If the number of ids is even, the newest of these rollbacks
  /// restored what the change did.
  package let rolledBackBy: [Change.ID]
  /// The steps that called the connector when the change was made, in order.
  ///
  /// The value is nil if the change is about a step, or if the steps were not looked up.
  package let calledBy: [Address]?

  /// Creates a change in its context.
  package init(_ change: Change, rolledBackBy: [Change.ID] = [], calledBy: [Address]? = nil) {
    self.change = change
    self.rolledBackBy = rolledBackBy
    self.calledBy = calledBy
  }

  /// Whether an applied rollback undid the change, and no later rollback undid that rollback.
  package var isRolledBack: Bool { rolledBackBy.count % 2 == 1 }
}
