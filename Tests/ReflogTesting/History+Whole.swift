package import ReflogLedger
package import ReflogModel

extension History {
  /// The first changes of what is asked for, however long that takes; newest first unless said otherwise.
  package func changes(
    _ query: ChangeQuery = ChangeQuery(),
    behind: Change.ID? = nil,
    limit: Int = 1000
  ) async throws(LedgerError) -> [Change] {
    try await piece(of: query, behind: behind, limit: limit, patience: .seconds(1000)).changes
  }
}
