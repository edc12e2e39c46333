package import ReflogLedger
package import ReflogModel

extension History {
  /// Returns the first changes that match a query, by default newest first.
  ///
  /// The search stops after 1,000 seconds.
  package func changes(
    _ query: ChangeQuery = ChangeQuery(),
    behind: Change.ID? = nil,
    limit: Int = 1000
  ) async throws(LedgerError) -> [Change] {
    try await piece(of: query, behind: behind, limit: limit, timeLimit: .seconds(1000)).changes()
  }
}
