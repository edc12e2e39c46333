import Foundation
import GRDB
package import ReflogModel

extension History {
  /// What ties the links to next pages to this ledger: 32 random bytes.
  package func cursorKey() async throws(LedgerError) -> [UInt8] {
    try await read { db in
      guard let key = try Data.fetchOne(db.cachedStatement(sql: "SELECT cursor_key FROM ledger")) else {
        throw LedgerError.corrupt("no directory is recorded")
      }
      return Array(key)
    }
  }

  /// What the ledger is and holds; takes the same time however long the history is.
  package func status() async throws(LedgerError) -> LedgerStatus {
    try await read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT directory, tenant_id,
            (SELECT max(id) FROM change) AS newest_change,
            (SELECT max(sequence) FROM entry) AS newest_sequence,
            (
              SELECT sequence FROM entry WHERE change IS NOT NULL ORDER BY sequence DESC LIMIT 1
            ) AS newest_change_sequence,
            (SELECT count(*) FROM change WHERE result = 'pending') AS pending_changes,
            (SELECT min(activity_time) FROM change WHERE result = 'pending') AS oldest_pending,
            (SELECT finished FROM sweep) AS verified
          FROM ledger
          """
      )
      guard let row, let directory = DirectoryKind(rawValue: row["directory"]) else {
        throw LedgerError.corrupt("no directory is recorded")
      }
      return LedgerStatus(
        directory: directory,
        verifierKey: try LogRows.checkpoint(db)?.key,
        tenantID: row["tenant_id"],
        newestChange: (row["newest_change"] as Int64?).map { Change.ID($0) },
        newestSequence: row["newest_sequence"],
        newestChangeSequence: row["newest_change_sequence"],
        pendingChanges: row["pending_changes"],
        oldestPending: (row["oldest_pending"] as Int64?).map(Timestamp.init(microseconds:)),
        verified: (row["verified"] as Int64?).map(Timestamp.init(microseconds:))
      )
    }
  }
}
