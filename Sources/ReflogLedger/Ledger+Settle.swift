package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Settles pending changes by what happened to them, in one transaction, and records what was found in their place.
  ///
  /// When this returns the outcomes are durable, or none of them is. A change that the event leaves pending stays
  /// untouched and comes back as it was.
  ///
  /// - Parameters:
  ///   - usingReservedPlace: whether an append reserved the place for these outcomes.
  ///   - found: drifts to record behind the outcomes.
  package func settle(
    _ changes: [Change],
    by event: Change.Event,
    settledBy settler: Change.Settler,
    usingReservedPlace: Bool,
    recording found: [Change.Intent] = []
  ) async throws(LedgerError) -> [Change] {
    let now = clock()
    do {
      let (settled, recorded) = try await writer.write(usingReservedPlace ? .reserved : .ordinary) { db in
        let transaction = try LedgerTransaction(db, notBefore: now)
        let settled = try changes.map { try transaction.settle($0, by: event, settler) }
        let recorded = try found.map { try transaction.insert(Draft($0, .found, settledBy: settler)) }
        return (settled, recorded)
      }
      tellSettled(settled + recorded)
      return settled
    } catch {
      throw LedgerError(error)
    }
  }
}
