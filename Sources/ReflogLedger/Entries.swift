import GRDB
import ReflogModel

/// The entries of the ledger: everything ever appended, numbered in commit order.
enum Entries {
  enum Kind: String {
    /// A change that is pending.
    case intent
    /// What became of it.
    case outcome
    /// A change that was born settled.
    case settled
  }

  /// Appends an entry and returns its number.
  static func append(_ kind: Kind, of change: Change.ID, _ db: Database) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO entry (sequence, kind, change)
        VALUES ((SELECT coalesce(max(sequence), -1) + 1 FROM entry), :kind, :change)
        """
    ).execute(arguments: ["kind": kind.rawValue, "change": change.number])
    return db.lastInsertedRowID
  }

  /// When the newest entry was appended.
  static func newestTime(_ db: Database) throws -> Timestamp? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT CASE entry.kind WHEN 'outcome' THEN change.result_time ELSE change.activity_time END
          FROM entry JOIN change ON change.id = entry.change
          ORDER BY entry.sequence DESC LIMIT 1
          """
      )
    ).map(Timestamp.init(microseconds:))
  }
}
