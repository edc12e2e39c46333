package import ReflogLedger
package import ReflogModel

/// The error that is thrown if the ledger refuses a group that a test wants to record.
package struct UnexpectedRefusal: Error {
  /// The ledger's answer.
  package let appended: Appended
}

extension Ledger {
  /// Records changes in one transaction, and returns the recorded changes.
  @discardableResult
  package func record(_ drafts: [Group.Draft]) async throws -> [Change] {
    let appended = try await append(Group(drafts: drafts))
    guard case .recorded(_, let changes) = appended else { throw UnexpectedRefusal(appended: appended) }
    return changes
  }

  /// Records one change, and returns the recorded change.
  @discardableResult
  package func record(_ intent: Change.Intent, _ event: Change.Event) async throws -> Change {
    try await record([Group.Draft(intent, event)])[0]
  }

  /// Settles a pending change, and returns the settled change.
  @discardableResult
  package func settle(
    _ change: Change,
    by event: Change.Event = .answered(.applied(.noContent)),
    settledBy settler: Change.Settler = .request
  ) async throws -> Change {
    let appended = try await append(Group(settlements: [.init(change, by: event, settledBy: settler)]))
    guard case .recorded(let settled, _) = appended else { throw UnexpectedRefusal(appended: appended) }
    return settled[0]
  }

  /// Records a change as pending and then as applied.
  @discardableResult
  package func apply(_ intent: Change.Intent) async throws -> Change {
    try await settle(try await record(intent, .intended))
  }
}
