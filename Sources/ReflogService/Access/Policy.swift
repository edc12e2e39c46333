package import ReflogModel

/// Who may do what: the one place that decides.
package enum Policy {
  package enum Operation: Sendable, CaseIterable {
    /// Reading history, configurations and metrics; exports; plans.
    case read
    /// Reading what the directory holds.
    case readDirectory
    /// Changes, rollbacks, reconciling.
    case change
    /// Tokens, retention, holds, erasure.
    case administer
  }

  /// Whether a caller may. What somebody with a token of the directory's own may do there, the directory decides; of
  /// history it opens nothing.
  package static func permits(_ caller: Caller, _ operation: Operation) -> Bool {
    switch caller.credential {
    case .roles(let roles): roles.contains { permits($0, operation) }
    case .directoryToken: operation == .readDirectory || operation == .change
    }
  }

  private static func permits(_ role: Role, _ operation: Operation) -> Bool {
    switch (role, operation) {
    case (_, .read), (_, .readDirectory): true
    case (.operator, .change), (.admin, .administer): true
    case (.reader, .change), (.admin, .change), (.reader, .administer), (.operator, .administer): false
    }
  }
}
