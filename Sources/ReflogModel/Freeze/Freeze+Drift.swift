extension Freeze {
  /// A change that was made without Reflog, certainly or possibly while a freeze covered its subject.
  package struct Drift: Hashable, Sendable {
    package let change: Change.ID
    /// The id of the freeze.
    package let freeze: Int64
    /// Whether the change was certainly made while the freeze was in force.
    ///
    /// If the value is false, the change was possibly made before the freeze began or after the freeze ended.
    package let isCertain: Bool

    /// Creates a drift.
    package init(change: Change.ID, freeze: Int64, isCertain: Bool) {
      self.change = change
      self.freeze = freeze
      self.isCertain = isCertain
    }

    /// A warning about the change for the administrator.
    package var warning: String {
      isCertain
        ? "Change \(change) was made without Reflog in spite of freeze \(freeze). Find out who made it, and roll it back "
          + "or release the freeze."
        : "Change \(change) was made without Reflog, possibly in spite of freeze \(freeze). Find out who made it and "
          + "when, and roll it back or release the freeze."
    }
  }
}
