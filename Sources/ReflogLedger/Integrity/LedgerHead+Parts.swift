import ReflogModel
import ReflogStorage

extension LedgerHead {
  /// The values that the head row of the log must contain, computed from the newest rows.
  ///
  /// The signature in the head row does not cover these values, so they are checked separately. Each value is read with
  /// index lookups.
  struct Parts {
    private let nextChange: Int64
    private let nextEvent: Int64
    /// The time of the newest entry, or nil if the log has no entry or the row of the entry is missing.
    private let newestTime: Int64?

    /// Reads the newest rows.
    init(_ db: any LedgerConnection) throws {
      // The next id must also be higher than all ids that a purge deleted, and all ids that were lost with a newer copy
      // of the ledger.
      let lost = try EventRows.events(
        "kind = 'olderLedgerAccepted' AND \(Self.keyEvents) ORDER BY service_event.id DESC LIMIT 1",
        [],
        db
      ).first?.content.ids("lostChanges").last
      nextChange =
        try max(db.integer(Self.newest("change", "purged_change", db.dialect)) ?? 0, lost ?? 0) + 1
      nextEvent = try (db.integer(Self.newest("service_event", "purged_event", db.dialect)) ?? 0) + 1
      newestTime = try db.integer(
        """
        SELECT coalesce(
          (
            SELECT
              CASE WHEN change.outcome_sequence = entry.sequence THEN change.result_time ELSE change.activity_time END
            FROM change WHERE change.id = entry.change
          ),
          (SELECT service_event.time FROM service_event WHERE service_event.id = entry.event)
        )
        FROM entry WHERE entry.sequence = (SELECT max(sequence) FROM entry)
        """
      )
    }

    /// The SQL condition of the index of the events that concern the keys or the name of the log.
    ///
    /// A database uses the index only if a query contains exactly the condition of the index, so do not rewrite the
    /// condition.
    static let keyEvents = """
      kind IN ('keyRotated', 'keyReplaced', 'keyReplacementConfirmed', 'olderLedgerAccepted')
      """

    /// Returns the SQL that reads the highest id in a table, including the ids that a purge deleted.
    private static func newest(_ table: String, _ purged: String, _ dialect: any Dialect) -> String {
      let existing = "coalesce((SELECT max(id) FROM \(table)), 0)"
      let deleted = "coalesce((SELECT last FROM \(purged) ORDER BY first DESC LIMIT 1), 0)"
      return "SELECT \(dialect.greater(existing, deleted))"
    }

    /// Returns the parts of the head row that differ from the computed values.
    func differences(from head: LedgerHead) -> [LedgerReport.HeadPart] {
      var parts: [LedgerReport.HeadPart] = []
      if head.nextChange != nextChange { parts.append(.nextChange(head.nextChange, expected: nextChange)) }
      if head.nextEvent != nextEvent { parts.append(.nextEvent(head.nextEvent, expected: nextEvent)) }
      if let newestTime, newestTime != head.newestTime.microseconds { parts.append(.newestTime) }
      if !head.isSignedByItsKey { parts.append(.key) }
      return parts
    }
  }

  /// Whether the key in the head row signed the checkpoint in the head row.
  ///
  /// The value is also true if the head row contains no key and no checkpoint.
  private var isSignedByItsKey: Bool {
    guard checkpoint != nil || verifierKey != nil else { return true }
    guard let checkpoint, let verifierKey, let key = try? VerifierKey(verifierKey),
      let note = try? SignedNote(parsing: Array(checkpoint.utf8))
    else { return false }
    return !note.signers(among: [key]).good.isEmpty
  }
}
