import Foundation
import GRDB
import ReflogModel

/// The entries of the ledger: everything ever appended, numbered in commit order.
enum Entries {
  /// The number of the entry that is appended next.
  static func nextSequence(_ db: Database) throws -> Int64 {
    let newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(sequence) FROM entry")) ?? -1
    guard newest < .max else { throw LedgerError.corrupt("entry \(newest) is beyond all numbers") }
    return newest + 1
  }

  /// Appends the entry of a change that has this number as its newest.
  static func append(_ sequence: Int64, of change: Change.ID, _ leaf: Leaf, _ db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO entry (sequence, change, hash, salt) VALUES (?, ?, ?, ?)")
      .execute(arguments: [sequence, change.number, leaf.hash.data, leaf.salt.data])
  }

  /// Appends the entry of a service event that has this number.
  static func append(_ sequence: Int64, ofEvent event: Int64, _ leaf: Leaf, _ db: Database) throws {
    try db.cachedStatement(sql: "INSERT INTO entry (sequence, event, hash, salt) VALUES (?, ?, ?, ?)")
      .execute(arguments: [sequence, event, leaf.hash.data, leaf.salt.data])
  }

  /// The hash of the record of a change's first entry.
  static func firstHash(of change: Change.ID, _ db: Database) throws -> Hash {
    let data = try Data.fetchOne(
      db.cachedStatement(
        sql: "SELECT hash FROM entry WHERE sequence = (SELECT intent_sequence FROM change WHERE id = ?)"
      ),
      arguments: [change.number]
    )
    guard let data, let hash = Hash(bytes: data) else {
      throw LedgerError.corrupt("the first entry of change \(change) is missing")
    }
    return hash
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
