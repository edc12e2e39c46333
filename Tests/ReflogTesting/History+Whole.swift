package import ReflogLedger
package import ReflogModel

extension History {
  /// Returns the first changes that match a query, however long that takes.
  ///
  /// The newest change comes first by default.
  package func changes(
    _ query: ChangeQuery = ChangeQuery(),
    behind: Change.ID? = nil,
    limit: Int = 1000
  ) async throws(LedgerError) -> [Change] {
    try await piece(of: query, behind: behind, limit: limit, patience: .seconds(1000)).changes
  }
}
