package import ReflogModel
import ReflogStorage

extension History {
  /// Returns a page of service events, newest first: at most `limit` events with ids lower than `before`.
  package func newestEvents(before: Int64?, limit: Int) async throws(LedgerError) -> [ServiceEvent] {
    try await events(
      "service_event.id < :bound ORDER BY service_event.id DESC LIMIT :limit",
      ["bound": before ?? Int64.max, "limit": limit]
    )
  }

  /// Returns a page of service events, oldest first: at most `limit` events with ids higher than `after` and up to
  /// `last`.
  package func oldestEvents(after: Int64, upTo last: Int64, limit: Int) async throws(LedgerError) -> [ServiceEvent] {
    try await events(
      "service_event.id > :after AND service_event.id <= :last ORDER BY service_event.id LIMIT :limit",
      ["after": after, "last": last, "limit": limit]
    )
  }

  /// Returns the id of the last event whose log entry has the sequence number `entry` or a lower number.
  ///
  /// The result is 0 if there is no such event. An event with a higher id also has an entry with a higher sequence
  /// number, so one query finds the last event.
  package func event(upToEntry entry: Int64) async throws(LedgerError) -> Int64 {
    try await read { db in
      let next = try db.integer(
        "SELECT event FROM entry WHERE sequence > ? AND event IS NOT NULL ORDER BY sequence LIMIT 1",
        [entry]
      )
      return try next.map { $0 - 1 } ?? db.integer("SELECT max(id) FROM service_event") ?? 0
    }
  }

  /// Returns the events that a condition selects, after each event was compared with the log.
  private func events(_ condition: String, _ arguments: SQLArguments) async throws(LedgerError) -> [ServiceEvent] {
    try await read { db in try EventRows.checked(condition, arguments, db) }
  }
}
