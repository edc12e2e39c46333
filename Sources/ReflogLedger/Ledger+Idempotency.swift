package import ReflogModel

extension Ledger {
  /// The change that an earlier request with this key made first, and whether its body was the same; nothing where the
  /// key is new, or a day old.
  package func change(named key: IdempotencyKey) async throws(LedgerError) -> (change: Change, isSameBody: Bool)? {
    let now = clock()
    let found = try await history.read { db in try IdempotencyRows.find(key, at: now, db) }
    guard let found, let change = try await history.change(found.change) else { return nil }
    return (change, found.isSameBody)
  }
}
