import GRDB
import ReflogModel

/// What is written to the ledger in one transaction, at one moment.
///
/// Identity rows are looked up once in it, and remembered no longer than it lasts: what a transaction wrote may still be taken
/// back.
struct LedgerTransaction {
  let db: Database
  let time: Timestamp
  let identities: Identities
  private let rows: ChangeRows

  /// - Parameter time: the moment it is now, or that of the newest entry where that is later.
  init(_ db: Database, at time: Timestamp) {
    self.db = db
    self.time = time
    identities = Identities(db)
    rows = ChangeRows(db, IdentityCache())
  }

  /// Begins at this moment, or at that of the newest entry where the clock is behind it.
  init(_ db: Database, notBefore now: Timestamp) throws {
    self.init(db, at: max(now, try Entries.newestTime(db) ?? now))
  }

  /// A change as its columns say it is, which is what its entries are made of.
  func stored(_ id: Change.ID) throws -> Change {
    guard let change = try rows.changes("WHERE change.id = ?", [id.number], isFixed: true).first else {
      throw LedgerError.corrupt("change \(id) is missing")
    }
    return change
  }
}
