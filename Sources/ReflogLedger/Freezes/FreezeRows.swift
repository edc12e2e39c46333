import ReflogModel
import ReflogStorage

/// The freezes in the ledger, each with its row and its service events.
///
/// A row shows only whether a freeze is over. The scope, the reason and the times come from the signed service events.
enum FreezeRows {
  /// Returns the freezes that are not over at a time, in the order in which they were placed.
  ///
  /// A freeze is over if a person released it, or if its end is not later than the time.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the row or the service event of a freeze is not what was recorded.
  static func open(at time: Timestamp, _ db: any LedgerConnection) throws -> [Freeze] {
    // A database uses the index `change_freeze_open` only if the query contains exactly the expression of the index.
    try freezes(
      "released IS NULL AND coalesce(ends, 9223372036854775807) > ? ORDER BY id",
      [time.microseconds],
      db
    )
  }

  /// Returns the freezes that are over at a time. The freeze that ended last is first.
  ///
  /// A freeze is over from its end or from its release, whichever is earlier.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the row or the service event of a freeze is not what was recorded.
  static func past(at time: Timestamp, limit: Int, _ db: any LedgerConnection) throws -> [Freeze] {
    let released = "(SELECT time FROM service_event WHERE service_event.id = change_freeze.released)"
    // `-a` is greater than `-b` if the time `a` is earlier. So this expression finds the earlier of the two times.
    let over = db.dialect.greater(
      "-coalesce(ends, 9223372036854775807)",
      "-coalesce(\(released), 9223372036854775807)"
    )
    return try freezes(
      "released IS NOT NULL OR coalesce(ends, 9223372036854775807) <= ? ORDER BY \(over), id DESC LIMIT ?",
      [time.microseconds, limit],
      db
    )
  }

  /// Returns the freeze with this id, or nil if there is none.
  static func freeze(_ id: Int64, _ db: any LedgerConnection) throws -> Freeze? {
    try freezes("id = ?", [id], db).first
  }

  /// The row of a freeze.
  private struct Stored {
    let id: Int64
    let ends, released: Int64?
  }

  private static func freezes(
    _ condition: String,
    _ arguments: SQLArguments,
    _ db: any LedgerConnection
  ) throws -> [Freeze] {
    let rows = try db.rows("SELECT id, ends, released FROM change_freeze WHERE \(condition)", arguments) { row in
      Stored(id: try row.integer(0), ends: try row.optionalInteger(1), released: try row.optionalInteger(2))
    }
    guard !rows.isEmpty else { return [] }
    let ids = JSONValue.array(rows.flatMap { [$0.id, $0.released].compactMap(\.self) }.map { .integer($0) }).text
    let found = try EventRows.checked("service_event.id IN (\(db.dialect.numbers(inArray: "?")))", [ids], db)
    let events = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    return try rows.map { row in
      let released = try row.released.map { try Self.released(row.id, by: events[$0]) }
      guard let event = events[row.id], let freeze = Freeze(event, released: released),
        freeze.until?.microseconds == row.ends
      else { throw LedgerError.corrupt("freeze \(row.id) is not what was recorded") }
      return freeze
    }
  }

  /// Returns the time at which a service event released a freeze.
  private static func released(_ freeze: Int64, by event: ServiceEvent?) throws -> Timestamp {
    guard let event, event.content.kind == .freezeReleased,
      event.content.details["freeze"]?.string == String(freeze)
    else { throw LedgerError.corrupt("the release of freeze \(freeze) is not what was recorded") }
    return event.activityDateTime
  }

  /// Compares the tables of freezes and overrides with the service events, and returns the differences.
  static func problems(_ db: any LedgerConnection) throws -> [(table: String, problem: String)] {
    // A database uses the index `service_event_freeze` only if the query contains exactly the condition of the index.
    let events = try EventRows.events(
      "kind IN ('freezePlaced', 'freezeReleased', 'freezeOverridden') ORDER BY service_event.id",
      [],
      db
    )
    var freezes: [Int64: String] = [:]
    var overrides: [String] = []
    for event in events {
      switch event.content.kind {
      case .freezePlaced:
        let ends = event.content.details["until"]?.string.flatMap { Timestamp(parsing: $0) }
        freezes[event.id] = text(event.id, ends?.microseconds, nil)
      case .freezeReleased:
        guard let id = event.content.details["freeze"]?.string.flatMap({ Int64($0) }), let known = freezes[id] else {
          continue
        }
        freezes[id] = known + " released \(event.id)"
      case .freezeOverridden:
        overrides += event.content.ids("changes").ranges.joined().map { "\($0) \(event.id)" }
      default: continue
      }
    }
    let stored = try db.rows("SELECT id, ends, released FROM change_freeze") { row in
      text(try row.integer(0), try row.optionalInteger(1), try row.optionalInteger(2))
    }
    // A purge deletes the row of an override together with the change. So an override is missing only if its change
    // still exists.
    let kept = Set(
      try db.rows("SELECT freeze_override.change, event FROM freeze_override") { row in
        "\(try row.integer(0)) \(try row.integer(1))"
      }
    )
    let missing = try overrides.filter { override in
      guard !kept.contains(override), let change = override.split(separator: " ").first.flatMap({ Int64($0) }) else {
        return false
      }
      return try db.bool("SELECT EXISTS (SELECT 1 FROM change WHERE id = ?)", [change])
    }
    var problems: [(table: String, problem: String)] = []
    if Set(freezes.values) != Set(stored) {
      let problem = "it differs from the service events of the kinds 'freezePlaced' and 'freezeReleased'"
      problems.append(("change_freeze", problem))
    }
    if !missing.isEmpty || !kept.subtracting(overrides).isEmpty {
      problems.append(("freeze_override", "it differs from the service events of the kind 'freezeOverridden'"))
    }
    return problems
  }

  private static func text(_ id: Int64, _ ends: Int64?, _ released: Int64?) -> String {
    "\(id) until \(ends.map(String.init) ?? "")" + (released.map { " released \($0)" } ?? "")
  }
}

extension Freeze {
  /// Reads a freeze from the service event that placed it.
  ///
  /// Returns nil if the event does not place a freeze.
  init?(_ event: ServiceEvent, released: Timestamp?) {
    let details = event.content.details
    guard event.content.kind == .freezePlaced, let actor = event.content.actor,
      let scope = details["scope"]?.string.flatMap({ FreezeScope($0) }),
      let from = details["from"]?.string.flatMap({ Timestamp(parsing: $0) }),
      event.content.reason != nil || event.erased != nil
    else { return nil }
    let until = details["until"]?.string
    let end = until.flatMap { Timestamp(parsing: $0) }
    guard (until == nil) == (end == nil) else { return nil }
    self.init(
      id: event.id,
      scope: scope,
      reason: event.content.reason,
      actor: actor,
      placed: event.activityDateTime,
      from: from,
      until: end,
      released: released,
      erased: event.erased
    )
  }

  /// The details of the service event that places this freeze, without the reason.
  var details: JSONObject {
    [
      "scope": .string(scope.description), "from": .string(from.description), "until": .optional(until?.description),
    ]
  }
}
