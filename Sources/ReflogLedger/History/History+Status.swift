package import ReflogModel
import ReflogStorage
import Synchronization

extension History {
  /// Returns the cursor key of this ledger: 32 random bytes that sign the links to a next page.
  ///
  /// Each ledger has a different key. So a ledger refuses the links of another ledger. The key is read from the file
  /// once and then kept in memory.
  package func cursorKey() async throws(LedgerError) -> [UInt8] {
    if let known = identities.cursorKey.withLock({ $0 }) { return known }
    let key = try await read { db in
      guard let key = try db.first("SELECT cursor_key FROM ledger", [], { Array(try $0.blob(0)) }) else {
        throw LedgerError.corrupt("no directory is recorded")
      }
      guard key.count == 32 else { throw LedgerError.corrupt("the key that signs the links to a next page is damaged") }
      return key
    }
    identities.cursorKey.withLock { $0 = key }
    return key
  }

  /// Returns the directory and the tenant of the ledger, the newest change, and the pending changes.
  ///
  /// The time of this read does not depend on the length of the history.
  package func status() async throws(LedgerError) -> LedgerStatus {
    try await read { db in
      let checkpoint = try LogRows.checkpoint(db)
      let unread = try db.rows(
        "SELECT name, since, reason FROM unread_part ORDER BY since, name LIMIT :limit",
        ["limit": LedgerStatus.shownUnreadParts]
      ) { UnreadPart(name: try $0.text(0), since: try $0.time(1), reason: try $0.text(2)) }
      let replacement = try KeyReplacement.unconfirmed(db)
      let pending = db.dialect.table("change", index: "change_pending")
      let status = try db.first(
        """
        SELECT directory, tenant_id,
          (SELECT max(id) FROM change),
          (SELECT sequence FROM entry WHERE change IS NOT NULL ORDER BY sequence DESC LIMIT 1),
          (SELECT count(*) FROM \(pending) WHERE result = 'pending'),
          (SELECT min(activity_time) FROM \(pending) WHERE result = 'pending'),
          (SELECT finished FROM sweep),
          (SELECT count(*) FROM unread_part)
        FROM ledger
        """
      ) { row in
        LedgerStatus(
          directory: try row.word(0, DirectoryKind.init),
          verifierKey: checkpoint?.key,
          tenantID: try row.text(1),
          newestChange: try row.optionalInteger(2).map { Change.ID($0) },
          newestSequence: checkpoint.map { $0.size - 1 },
          newestChangeSequence: try row.optionalInteger(3),
          pendingChanges: Int(try row.integer(4)),
          oldestPending: try row.optionalTime(5),
          verified: try row.optionalTime(6),
          unread: unread,
          unreadCount: Int(try row.integer(7)),
          keyReplacement: replacement
        )
      }
      guard let status else { throw LedgerError.corrupt("no directory is recorded") }
      return status
    }
  }
}
