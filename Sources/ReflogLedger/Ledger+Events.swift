package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Records what happened to Reflog itself, in one transaction. When this returns, it is durable.
  ///
  /// A clock that is behind does not stop it: what is recorded is then dated as the newest entry.
  package func record(_ events: [ServiceEvent.Content]) async throws(LedgerError) {
    guard !events.isEmpty else { return }
    let now = clock()
    do {
      try await writer.write { db in
        let transaction = try LedgerTransaction(db, notBefore: now)
        for event in events { try transaction.insert(event) }
      }
    } catch {
      throw LedgerError(error)
    }
  }
}
