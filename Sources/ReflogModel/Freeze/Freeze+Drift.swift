extension Freeze {
  /// A change that was made without Reflog, certainly or possibly while a freeze covered it.
  ///
  /// A freeze covers a change of a connector if it covers the connector or a step that called the connector.
  package struct Drift: Hashable, Sendable {
    package let change: Change.ID
    /// The id of the freeze.
    package let freeze: Int64
    /// Whether the freeze certainly covered the change when the change was made.
    ///
    /// If the value is false, the change was possibly made before the freeze began, after the freeze ended, or while
    /// the frozen step did not call the connector.
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

    /// The steps that called a connector in the period in which a change of the connector was made without Reflog.
    ///
    /// The period begins at ``Change/earliestMoment(window:)`` and ends when the change was found.
    package struct Callers: Sendable {
      /// The steps that called the connector during the whole period.
      package let always: Set<Address>
      /// The steps that called the connector during a part of the period, and the steps that possibly called it.
      package let sometimes: Set<Address>

      /// Creates the sets.
      package init(always: Set<Address>, sometimes: Set<Address>) {
        (self.always, self.sometimes) = (always, sometimes)
      }
    }
  }
}

extension Change {
  /// For a change that was made without Reflog: the earliest moment at which it can have been made, or nil if no
  /// earlier read of the directory is known.
  ///
  /// The earlier read may have been stale, so the moment is one settle window earlier than that read.
  package func earliestMoment(window: Duration) -> Timestamp? { intent.lastVerifiedDateTime?.before(window) }
}
