import ReflogModel
package import ReflogStorage

/// The claims of purges and erasures whose changes are possibly still in the index of reasons.
package struct ReasonClaims: Sendable {
  /// The id of the newest claim, or 0 if there is none.
  let newest: Int64
  /// The changes that the claims list, or nil if the whole index must be emptied.
  let changes: IDRanges?

  /// The maximum number of claims, so that the read is short.
  ///
  /// Usually there is one claim, because the reasons of each claim are removed from the index before the next claim is
  /// recorded.
  private static let maximum = 20

  /// Reads the claims that are newer than the claims in the row of an index.
  ///
  /// - Parameters:
  ///   - state: The row of the index, or nil if the index is empty.
  ///   - segmentSize: The number of change ids in the range of each segment.
  ///   - db: The connection to the ledger.
  init(newerThan state: ReasonIndexState?, segmentSize: Int64, _ db: any LedgerConnection) throws {
    newest = try Self.newest(db)
    guard let state, try state.fits(db, segmentSize: segmentSize) else {
      changes = nil
      return
    }
    guard state.claim < newest else {
      changes = IDRanges()
      return
    }
    let claims = try EventRows.checked(
      """
      service_event.id IN (SELECT id FROM claim_event WHERE kind IN ('purged', 'erased') AND id > :claim)
      ORDER BY service_event.id LIMIT :limit
      """,
      ["claim": state.claim, "limit": Self.maximum + 1],
      db
    )
    guard claims.count <= Self.maximum else {
      changes = nil
      return
    }
    changes = try claims.reduce(into: IDRanges()) { $0.formUnion(try Self.changes(of: $1, db)) }
  }

  /// Returns the id of the newest service event that claimed data for a deletion, or 0 if there is none.
  package static func newest(_ db: any LedgerConnection) throws -> Int64 {
    try db.integer("SELECT max(id) FROM claim_event WHERE kind IN ('purged', 'erased')") ?? 0
  }

  /// Returns the changes that a claim lists.
  ///
  /// The claim of an erasure lists entries. The entry of a purged change does not refer to the change any more, but a
  /// claim of the purge lists this change.
  private static func changes(of claim: ServiceEvent, _ db: any LedgerConnection) throws -> IDRanges {
    guard claim.content.kind == .erased else { return claim.content.ids("changes") }
    return IDRanges(
      try db.integers(
        """
        SELECT DISTINCT change FROM entry
        WHERE sequence IN (\(db.dialect.numbers(inArray: "?"))) AND change > 0 ORDER BY change
        """,
        [claim.content.ids("entries").jsonArray]
      )
    )
  }
}
