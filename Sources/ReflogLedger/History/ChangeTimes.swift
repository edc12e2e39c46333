import GRDB
import ReflogModel

/// Finds changes by time without an index of times: they never go back as ids go up.
enum ChangeTimes {
  /// The first id whose change was recorded at this moment or later; one above the newest where there is none.
  static func firstID(notBefore moment: Timestamp, _ db: Database) throws -> Int64 {
    try Search(db).firstID(near: moment.microseconds) { $0 >= moment.microseconds }
  }

  /// The last id whose change was recorded at this moment or earlier; 0 where there is none.
  static func lastID(notAfter moment: Timestamp, _ db: Database) throws -> Int64 {
    try Search(db).firstID(near: moment.microseconds) { $0 > moment.microseconds } - 1
  }

  /// A search that guesses from the times at both ends where the moment must be, and looks around there: a large history is read in
  /// few places, most of them close together.
  private struct Search {
    /// About as many changes as a few pages hold.
    private static let firstStep: Int64 = 64

    private let next: Statement
    private let newest: Int64

    init(_ db: Database) throws {
      next = try db.cachedStatement(sql: "SELECT id, activity_time FROM change WHERE id >= ? ORDER BY id LIMIT 1")
      newest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM change")) ?? 0
    }

    /// The first change with this id or a higher one: ids that are missing count as the next one that is there.
    private func change(from id: Int64) throws -> (id: Int64, time: Int64)? {
      try Row.fetchOne(next, arguments: [id]).map { ($0[0], $0[1]) }
    }

    func firstID(near time: Int64, where isBehind: (Int64) -> Bool) throws -> Int64 {
      // What is before `low` is not behind the moment, and what is from `high` on is.
      var (low, high) = (Int64(1), newest + 1)
      func look(at id: Int64) throws {
        guard let change = try change(from: id), !isBehind(change.time) else { return high = id }
        low = change.id + 1
      }
      guard let first = try change(from: 1), let last = try change(from: newest), first.time < last.time else {
        while low < high { try look(at: low + (high - low) / 2) }
        return low
      }
      let share = Double(time - first.time) / Double(last.time - first.time)
      let guess = min(max(Int64(Double(newest) * share), 1), newest)
      try look(at: guess)
      var step = Self.firstStep
      let wasBehind = high == guess
      while low < high, wasBehind ? low <= 1 : high > newest {
        let before = (low, high)
        try look(at: wasBehind ? max(1, guess - step) : min(newest, guess + step))
        step *= 4
        if before == (low, high) { break }
      }
      while low < high { try look(at: low + (high - low) / 2) }
      return low
    }
  }
}
