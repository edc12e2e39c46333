import ReflogModel
import ReflogStorage

extension History {
  /// Returns the state of an address in the ledger's file, and the time of the newest entry when the state was read.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change does not match the log.
  func state(of address: Address) async throws(LedgerError) -> (state: AddressState, newestTime: Timestamp) {
    try await read { db in
      let rows = ChangeRows(db, identities)
      let newestTime = Timestamp(microseconds: try db.integer("SELECT newest_time FROM head") ?? 0)
      guard let row = try Self.row(of: address, db) else {
        return (AddressState(newestApplied: nil, newestEffective: nil, pending: nil, seen: nil), newestTime)
      }
      let state = AddressState(
        newestApplied: try rows.checked(Self.newestApplied(db.dialect), ["address": row]).first,
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
      return (state, newestTime)
    }
  }
}
