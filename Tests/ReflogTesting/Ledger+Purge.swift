package import ReflogLedger
package import ReflogModel

extension Ledger {
  /// Sets a retention policy of one day, and purges older history in the same way as the server in the background.
  package func purgeHistoryOlderThanADay(by admin: Change.Actor = Sample.operatorActor) async throws {
    try await set(RetentionPolicy(days: 1), overriding: true, by: admin)
    _ = try await askPurge(before: now.before(.seconds(86_400)), by: admin)
    while try await continuePurge() == .more {}
  }
}
