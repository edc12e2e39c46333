package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the settled changes and the service events whose entries have a sequence higher than `after` and at most
  /// `end`.
  ///
  /// The result has the order of the log. The position of a change is the entry that contains its result, so the entry
  /// of its intent is left out. An entry that a purge deleted is left out too.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` or ``LedgerError/corrupt(_:)`` if an entry or a row is missing or does not
  ///   match the log. ``LedgerError/unavailable(_:)`` if the log does not contain the entry `end` yet.
  package func settledEntries(after: Int64, through end: Int64) async throws(LedgerError) -> [SettledEntry] {
    let range: SQLArguments = ["after": after, "end": end]
    return try await read { db in
      guard let size = try db.integer("SELECT next_sequence FROM head"), end < size else {
        throw LedgerError.unavailable("the log does not have entry \(end) yet")
      }
      if let missing = try Self.firstMissing(in: after + 1..<end + 1, db) {
        throw LedgerError.corrupt("entry \(missing) is missing")
      }
      if let missing = try db.integer(Self.entryWithoutRow, range) {
        throw LedgerError.corrupt("the change or the service event of entry \(missing) is missing")
      }
      let changes = try ChangeRows(db, identities).checked(Self.settledChanges, range).map(SettledEntry.change)
      let events = try Self.events(range, db).map(SettledEntry.event)
      return (changes + events).sorted { $0.sequence < $1.sequence }
    }
  }

  /// Returns the sequence of the first missing entry in a range of sequences, or nil if the range is complete.
  private static func firstMissing(in range: Range<Int64>, _ db: any LedgerConnection) throws -> Int64? {
    let count = try db.integer(
      "SELECT count(*) FROM entry WHERE sequence >= ? AND sequence < ?",
      [range.lowerBound, range.upperBound]
    )
    guard count != Int64(range.count) else { return nil }
    let found = Set(try LogRows.entries(range, db).map(\.sequence))
    return range.first { !found.contains($0) }
  }

  /// The condition that selects the changes whose result is recorded in a range of entries.
  static let settledChanges = """
    JOIN entry ON entry.change = change.id
    WHERE entry.sequence > :after AND entry.sequence <= :end AND entry.sequence = change.outcome_sequence
    ORDER BY entry.sequence
    """

  /// The SQL that selects, in a range of entries, the first one that was not purged and belongs neither to a change nor
  /// to a service event.
  private static let entryWithoutRow = """
    SELECT entry.sequence \(LogRows.withoutRow) AND entry.sequence > :after AND entry.sequence <= :end
    ORDER BY entry.sequence LIMIT 1
    """

  /// Returns the service events of a range of entries.
  ///
  /// Events are found by their ids. This is possible because the ids have the same order as the entries.
  private static func events(_ range: SQLArguments, _ db: any LedgerConnection) throws -> [ServiceEvent] {
    let ids = try db.first(
      """
      SELECT min(event), max(event) FROM entry
      WHERE sequence > :after AND sequence <= :end AND event IS NOT NULL AND event > 0
      """,
      range
    ) { row in (first: try row.optionalInteger(0), last: try row.optionalInteger(1)) }
    guard let first = ids?.first, let last = ids?.last else { return [] }
    return try EventRows.checked(
      "service_event.id >= :first AND service_event.id <= :last ORDER BY service_event.id",
      ["first": first, "last": last],
      db
    )
  }

  /// Returns the hash of an entry, or nil if the log has no entry with this sequence.
  package func entryHash(at sequence: Int64) async throws(LedgerError) -> Hash? {
    try await read { db in try LogRows.entryHashes(sequence..<sequence + 1, db).first }
  }

  /// Returns the sequence of the first entry that was added after an older copy of the ledger was accepted.
  ///
  /// This entry records the acceptance. `origin` is the name of the log that the older copy replaced. The result is nil
  /// if no older copy replaced that log.
  package func firstEntry(afterReplacementOf origin: String) async throws(LedgerError) -> Int64? {
    try await read { db in
      let events = try EventRows.ofKeys("kind = 'olderLedgerAccepted'", db)
      return events.first { $0.content.details["anchoredOrigin"]?.string == origin }?.sequence
    }
  }
}
