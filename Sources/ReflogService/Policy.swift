package import ReflogModel

/// Who may do what: the one place that decides.
package enum Policy {
  package enum Operation: Sendable, CaseIterable {
    /// Reading history, configurations and the directory; exports; plans.
    case read
    /// Changes, rollbacks, reconciling.
    case change
  }

  package static func permits(_ role: Role, _ operation: Operation) -> Bool {
    switch (role, operation) {
    case (.reader, .read), (.operator, .read), (.admin, .read): true
    case (.operator, .change): true
    case (.reader, .change), (.admin, .change): false
    }
  }
}
