import GRDB
import ReflogModel

/// Finds changes by time without an index of times: they never go back as ids go up.
enum ChangeTimes {
  /// The first id whose change was recorded at this moment or later; one above the newest where there is none.
  static func firstID(notBefore moment: Timestamp, _ db: Database) throws -> Int64 {
    try firstID(db) { $0 >= moment.microseconds }
  }

  /// The last id whose change was recorded at this moment or earlier; 0 where there is none.
  static func lastID(notAfter moment: Timestamp, _ db: Database) throws -> Int64 {
    try firstID(db) { $0 > moment.microseconds } - 1
  }

  /// Halves the ids until one is left; ids that are missing count as the next one that is there.
  private static func firstID(_ db: Database, where isBehind: (Int64) -> Bool) throws -> Int64 {
    let newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM change")) ?? 0
    let next = try db.cachedStatement(
      sql: "SELECT id, activity_time FROM change WHERE id >= ? ORDER BY id LIMIT 1"
    )
    var (low, high) = (Int64(1), newest + 1)
    while low < high {
      let middle = low + (high - low) / 2
      guard let row = try Row.fetchOne(next, arguments: [middle]), !isBehind(row[1]) else {
        high = middle
        continue
      }
      low = (row[0] as Int64) + 1
    }
    return low
  }
}
