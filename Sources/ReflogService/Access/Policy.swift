package import ReflogModel

/// Decides who may do what.
///
/// No other code does.
package enum Policy {
  /// What a caller may be permitted to do.
  package enum Operation: Sendable, CaseIterable {
    /// To read history, configurations and metrics, to export, and to plan.
    case read
    /// To read the directory.
    case readDirectory
    /// To change, roll back and reconcile.
    case change
    /// To manage tokens, retention, holds, erasures, keys and backups.
    case administer
  }

  /// Whether a caller may do something.
  ///
  /// For a caller with a token of the directory, the directory decides what it may do there. Such a caller may not read
  /// history.
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
