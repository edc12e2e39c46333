package import ReflogModel

/// Decides which operations a caller may perform; no other code makes these decisions.
package enum Policy {
  /// A kind of operation that needs a permission.
  package enum Operation: Sendable, CaseIterable {
    /// The caller reads or exports history, reads configurations, or requests a plan.
    case read
    /// The caller reads the metrics or the status.
    case readStatus
    /// The caller reads the directory.
    case readDirectory
    /// The caller makes a change, rolls back changes, or reconciles a change.
    case change
    /// The caller places, overrides or releases a freeze.
    case freeze
    /// The caller manages tokens, retention, legal holds, erasures, keys or backups.
    case administer
  }

  /// Returns whether a caller may perform an operation.
  ///
  /// If the caller sent a token for the directory, this method permits every operation on the directory, because the
  /// directory itself checks the token. Such a caller has no right to read history.
  package static func permits(_ caller: Caller, _ operation: Operation) -> Bool {
    switch caller.credential {
    case .roles(let roles): roles.contains { permits($0, operation) }
    case .directoryToken: operation == .readDirectory || operation == .change
    }
  }

  /// Throws `forbidden` if a caller has no right to perform an operation.
  package static func require(_ caller: Caller, _ operation: Operation) throws(ServiceError) {
    guard permits(caller, operation) else { throw refusal(of: caller) }
  }

  /// Returns the error for a caller who has no right to perform an operation.
  ///
  /// - Parameters:
  ///   - caller: The refused caller.
  ///   - changes: The ids of the changes that record the refused request.
  static func refusal(of caller: Caller, _ changes: [Change.ID] = []) -> ServiceError {
    guard caller.actor.type == .token, case .roles(let roles) = caller.credential else { return .forbidden(changes) }
    return .forbidden(changes, isAdmin: roles.contains(.admin))
  }

  private static func permits(_ role: Role, _ operation: Operation) -> Bool {
    switch (role, operation) {
    case (_, .readStatus): true
    case (.metrics, _): false
    case (_, .read), (_, .readDirectory): true
    case (.operator, .change), (.operator, .freeze), (.admin, .administer): true
    case (.reader, .change), (.admin, .change), (.reader, .freeze), (.admin, .freeze), (.reader, .administer),
      (.operator, .administer):
      false
    }
  }
}
