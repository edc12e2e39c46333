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
    /// Something that happened to Reflog itself.
    case event
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

  /// Appends the entry of a service event and returns its number.
  static func append(event: Int64, _ db: Database) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO entry (sequence, kind, event)
        VALUES ((SELECT coalesce(max(sequence), -1) + 1 FROM entry), :kind, :event)
        """
    ).execute(arguments: ["kind": Kind.event.rawValue, "event": event])
    return db.lastInsertedRowID
  }

  /// When the newest entry was appended.
  static func newestTime(_ db: Database) throws -> Timestamp? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT coalesce(
            service_event.time,
            CASE entry.kind WHEN 'outcome' THEN change.result_time ELSE change.activity_time END
          )
          FROM entry
          LEFT JOIN change ON change.id = entry.change
          LEFT JOIN service_event ON service_event.id = entry.event
          ORDER BY entry.sequence DESC LIMIT 1
          """
      )
    ).map(Timestamp.init(microseconds:))
  }
}
