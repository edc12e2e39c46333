extension Freeze {
  /// A change that was made without Reflog while a freeze covered its subject.
  package struct Drift: Hashable, Sendable {
    package let change: Change.ID
    /// The id of the freeze.
    package let freeze: Int64

    /// Creates a drift.
    package init(change: Change.ID, freeze: Int64) {
      self.change = change
      self.freeze = freeze
    }

    /// A warning about the change for the administrator.
    package var warning: String {
      "Change \(change) was made without Reflog in spite of freeze \(freeze). Find out who made it, and roll it back or "
        + "release the freeze."
    }
  }
}
