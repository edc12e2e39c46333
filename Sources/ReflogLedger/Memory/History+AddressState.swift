import ReflogModel
import ReflogStorage

extension History {
  /// What the ledger's file knows of an address. Throws ``LedgerError/altered(_:)`` if the row of a change is not what was logged.
  func state(of address: Address) async throws(LedgerError) -> (AddressState, RecentWrites) {
    try await read { db in
      let rows = ChangeRows(db, identities)
      guard let row = try Self.row(of: address, db) else {
        return (AddressState(newestApplied: nil, newestEffective: nil, pending: nil, seen: nil), RecentWrites([]))
      }
      let state = AddressState(
        newestApplied: try rows.checked(Self.newestApplied, ["address": row]).first,
        newestEffective: try rows.checked(
          "WHERE change.address = :address AND \(Self.isEffective) ORDER BY change.id DESC LIMIT 1",
          ["address": row]
        ).first,
        pending: try rows.checked(
          "WHERE coalesce(change.address, -change.before_connector) = :address AND change.result = 'pending'",
          ["address": row]
        ).first,
        seen: try Self.lastSeen(row, db)
      )
      let writes = try rows.checked(
        """
        WHERE change.address = :address AND \(Self.mayHaveReachedDirectory) ORDER BY change.id DESC LIMIT :limit
        """,
        ["address": row, "limit": RecentWrites.limit]
      )
      return (state, RecentWrites(writes.map(RecentWrite.init)))
    }
  }
}
