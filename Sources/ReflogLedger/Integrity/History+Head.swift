package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the directory and the tenant that the ledger serves, or nil if the ledger is new and has recorded neither.
  package func served() async throws(LedgerError) -> (directory: String, tenantID: String)? {
    try await read { db in
      try db.first("SELECT directory, tenant_id FROM ledger") { (try $0.text(0), try $0.text(1)) }
    }
  }

  /// Throws `foreignEntries` if the head row of the log does not match the rows of the file.
  ///
  /// A mismatch means that another program wrote to the file. There are two kinds of mismatch. A row has a higher
  /// number than the head row allows, or the signed checkpoint in the head row covers more or fewer entries than the
  /// file has.
  ///
  /// - Parameter keys: The keys whose signatures are accepted. Pass nil to skip the check of the signature, for example
  ///   before an older copy of the ledger is accepted.
  package func verifyHead(signedBy keys: [VerifierKey]? = nil) async throws(LedgerError) {
    try await read { db in
      let head = try LedgerHead(db)
      try head.verifyEnd(db)
      guard try LedgerHead.Parts(db).differences(from: head).isEmpty else {
        throw LedgerError.foreignEntries(from: head.nextSequence)
      }
      if let keys { try head.verify(of: LogRows.origin(db), with: keys) }
    }
  }

  /// The maximum number of entries that ``verifyNewestRows()`` reads.
  private static let newestEntries: Int64 = 10_000

  /// Throws `corrupt` if one of the newest entries, or the change or event of such an entry, is missing.
  ///
  /// If a ledger was in use while it was copied, the copy can lack the pages of the newest rows.
  package func verifyNewestRows() async throws(LedgerError) {
    try await read { db in
      let size = try LogRows.size(db)
      let first = max(0, size - Self.newestEntries)
      let missing = try db.integer(
        "SELECT count(*) \(LogRows.withoutRow) AND entry.sequence >= :first",
        ["first": first]
      )
      let found = try db.integer("SELECT count(*) FROM entry WHERE sequence >= :first", ["first": first])
      guard missing == 0, found == size - first else {
        throw LedgerError.corrupt("some of the newest \(size - first) entries are incomplete")
      }
    }
  }
}
