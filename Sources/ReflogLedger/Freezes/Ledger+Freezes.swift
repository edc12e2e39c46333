package import ReflogModel

extension Ledger {
  /// Places a freeze.
  ///
  /// After this method returns, no change that the freeze covers is recorded while the freeze is in force. The only
  /// exception is a change with an override.
  ///
  /// If the freeze can't be placed, no part of it is recorded.
  package func place(_ draft: Freeze.Draft, by actor: Change.Actor) async throws(LedgerError) -> PlacedFreeze {
    try await write { session in try session.place(draft, by: actor) }
  }

  /// Releases a freeze.
  ///
  /// - Returns: The freeze before its release, and whether this call released the freeze. If the freeze was already
  ///   over, the call records nothing and returns false. The result is nil if no freeze has this id.
  package func releaseFreeze(
    _ id: Int64,
    by actor: Change.Actor
  ) async throws(LedgerError) -> (freeze: Freeze, isReleased: Bool)? {
    try await write { session in try session.releaseFreeze(id, by: actor) }
  }

  /// The freezes that are in force or planned, according to the newest durable transaction.
  ///
  /// The set may also contain freezes that have ended.
  package var freezes: Freezes { context.freezes }

  /// Returns the freezes that cover at least one of several parts of the directory and are in force now.
  ///
  /// The transaction that records a change makes the same comparison. This method uses the freezes in memory. It reads
  /// the ledger only to find the steps that call a connector that is edited or deleted.
  package func freezes(covering parts: [ChangedPart]) async throws(LedgerError) -> [CoveringFreeze] {
    let (freezes, time) = (freezes, nextTime)
    guard !freezes.isEmpty else { return [] }
    guard parts.contains(where: \.needsLedger) else { return freezes.covering(parts, at: time) { _, _ in [] } }
    return try await history.read { db in try freezes.covering(parts, at: time, in: db) }
  }
}

/// The result of the request to place a freeze.
package enum PlacedFreeze: Sendable {
  case placed(Freeze)
  /// The end of the freeze is not later than its start, so the freeze was not placed.
  case isEmpty
  /// The maximum number of freezes is reached, so the freeze was not placed.
  case tooMany

  /// The freeze, or nil if the freeze was not placed.
  package var freeze: Freeze? {
    switch self {
    case .placed(let freeze): freeze
    case .isEmpty, .tooMany: nil
    }
  }
}

extension History {
  /// Returns the freezes that are not over at a time, in the order in which they were placed.
  ///
  /// A freeze is over if a person released it, or if its end is not later than the time.
  package func openFreezes(at time: Timestamp) async throws(LedgerError) -> [Freeze] {
    try await read { db in try FreezeRows.open(at: time, db) }
  }

  /// Returns the freeze with this id, or nil if there is none.
  package func freeze(_ id: Int64) async throws(LedgerError) -> Freeze? {
    try await read { db in try FreezeRows.freeze(id, db) }
  }
}
