import ReflogModel
import ReflogStorage

/// Finds changes and service events by time. No index on times is needed, because the times never decrease from one id
/// to the next.
enum ChangeTimes {
  /// Returns the id of the first change that was recorded at or after a moment, or the newest id plus 1 if there is
  /// none.
  static func firstID(notBefore moment: Timestamp, _ db: any LedgerConnection) throws -> Int64 {
    try Search(of: .changes, db).firstID(near: moment.microseconds) { $0 >= moment.microseconds }
  }

  /// Returns the id of the first service event that was recorded at or after a moment, or the newest id plus 1 if there
  /// is none.
  static func firstEventID(notBefore moment: Timestamp, _ db: any LedgerConnection) throws -> Int64 {
    try Search(of: .events, db).firstID(near: moment.microseconds) { $0 >= moment.microseconds }
  }

  /// Returns the id of the last change that was recorded at or before a moment, or 0 if there is none.
  static func lastID(notAfter moment: Timestamp, _ db: any LedgerConnection) throws -> Int64 {
    try Search(of: .changes, db).firstID(near: moment.microseconds) { $0 > moment.microseconds } - 1
  }

  /// Returns the time of the change with this id, or of a change near it if the change with this id was purged.
  ///
  /// The change near it is the nearest change with a lower id if `isAscending` is true, otherwise the nearest change
  /// with a higher id. So a search in this order has already passed that change. The result is nil if there is no such
  /// change.
  static func time(near id: Int64, isAscending: Bool, _ db: any LedgerConnection) throws -> Timestamp? {
    let sql =
      isAscending
      ? "SELECT activity_time FROM change WHERE id <= ? ORDER BY id DESC LIMIT 1"
      : "SELECT activity_time FROM change WHERE id >= ? ORDER BY id LIMIT 1"
    return try db.first(sql, [id]) { row in try row.time(0) }
  }

  /// The table that a search reads.
  private enum Records {
    case changes, events

    /// The SQL that reads the newest id.
    var newest: String {
      switch self {
      case .changes: "SELECT max(id) FROM change"
      case .events: "SELECT max(id) FROM service_event"
      }
    }

    /// The SQL that reads the id and the time of the first row whose id is not lower than a given id.
    var next: String {
      switch self {
      case .changes: "SELECT id, activity_time FROM change WHERE id >= ? ORDER BY id LIMIT 1"
      case .events: "SELECT id, time FROM service_event WHERE id >= ? ORDER BY id LIMIT 1"
      }
    }
  }

  /// A search for the first id at or after a time; the search starts at an estimated id.
  ///
  /// The id is estimated from the times of the oldest and the newest row of the table. The search then reads rows near
  /// the estimated id. So the search reads only a few pages of a large history, and most of these pages are close to
  /// each other in the file.
  private struct Search {
    /// The distance between the estimated id and the next id that the search reads.
    ///
    /// The number is about the number of changes on a few pages of the file.
    private static let firstStep: Int64 = 64

    private let db: any LedgerConnection
    private let records: Records
    private let newest: Int64

    /// Creates a search up to the newest row.
    init(of records: Records, _ db: any LedgerConnection) throws {
      (self.records, self.db) = (records, db)
      newest = try db.integer(records.newest) ?? 0
    }

    /// Returns the row with this id or, if there is none, the row with the next higher id.
    ///
    /// The change with this id may have been purged. The result is nil if there is no higher id.
    private func change(from id: Int64) throws -> (id: Int64, time: Int64)? {
      try db.first(records.next, [id]) { row in
        (try row.integer(0), try row.integer(1))
      }
    }

    /// Returns the lowest id whose time meets a condition, or the newest id plus 1 if no time meets the condition.
    ///
    /// If a time meets the condition, all later times must meet the condition too.
    func firstID(near time: Int64, where isBehind: (Int64) -> Bool) throws -> Int64 {
      // Ids below `low` do not fulfil the condition. Ids from `high` on fulfil the condition. The loops bring `low` and
      // `high` closer together until they are equal. Their value is then the first id that fulfils the condition.
      var (low, high) = (Int64(1), newest + 1)
      func compare(_ id: Int64) throws {
        guard let change = try change(from: id), !isBehind(change.time) else { return high = id }
        low = change.id + 1
      }
      guard let first = try change(from: 1), let last = try change(from: newest), first.time < last.time else {
        while low < high { try compare(low + (high - low) / 2) }
        return low
      }
      let share = Double(time - first.time) / Double(last.time - first.time)
      let guess = min(max(Int64(Double(newest) * share), 1), newest)
      try compare(guess)
      var step = Self.firstStep
      let wasBehind = high == guess
      while low < high, wasBehind ? low <= 1 : high > newest {
        let before = (low, high)
        try compare(wasBehind ? max(1, guess - step) : min(newest, guess + step))
        step *= 4
        if before == (low, high) { break }
      }
      while low < high { try compare(low + (high - low) / 2) }
      return low
    }
  }
}
