/// A change together with facts that other changes contain.
///
/// These facts are not in the record of the change itself, because that record is never altered. They are found in
/// later changes, and in the changes of the steps that called the connector.
package struct ChangeInContext: Sendable {
  package let change: Change
  /// The applied rollback of the change, the applied rollback of that rollback, and so on.
  ///
  /// The list is empty if the change was not rolled back. If the list has an even number of ids, the newest rollback in
  /// the list restored the effect of the change.
  package let rolledBackBy: [Change.ID]
  /// The steps that called the connector when the change was made, sorted by address.
  ///
  /// The value is nil if the subject of the change is a step, or if the ledger was not searched for the steps.
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
