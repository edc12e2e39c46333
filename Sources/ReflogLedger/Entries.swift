import GRDB
import ReflogModel

/// The entries of the ledger: everything ever appended, numbered in commit order.
enum Entries {
  /// The number of the entry that is appended next.
  static func nextSequence(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(sequence), -1) + 1 FROM entry")) ?? 0
  }

  /// Appends the entry of a change that has this number as its newest.
  static func append(_ sequence: Int64, of change: Change.ID, _ db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO entry (sequence, change) VALUES (?, ?)")
      .execute(arguments: [sequence, change.number])
  }

  /// Appends the entry of a service event that has this number.
  static func append(_ sequence: Int64, ofEvent event: Int64, _ db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO entry (sequence, event) VALUES (?, ?)").execute(arguments: [
      sequence, event,
    ])
  }

  /// When the newest entry was appended.
  static func newestTime(_ db: Database) throws -> Timestamp? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT coalesce(
            service_event.time,
            iif(entry.sequence = change.intent_sequence, change.activity_time, change.result_time)
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
