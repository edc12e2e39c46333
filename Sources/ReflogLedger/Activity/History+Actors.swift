package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the newest service events that an actor caused, newest first.
  ///
  /// - Parameters:
  ///   - actor: The actor.
  ///   - range: The part of the history.
  ///   - includesReads: Whether events that count reads of history are included.
  ///   - behind: The id of the last event on the previous page, or nil for the first page. Only events with lower ids
  ///     are returned.
  ///   - limit: The maximum number of events.
  package func events(
    of actor: ActorID,
    in range: TimeRange,
    includesReads: Bool,
    behind: Int64?,
    limit: Int
  ) async throws(LedgerError) -> [ServiceEvent] {
    try await read { db in
      guard let row = try Self.row(of: actor, db) else { return [] }
      let first = try range.since.map { try ChangeTimes.firstEventID(notBefore: $0, db) } ?? 1
      let end = try range.until.map { try ChangeTimes.firstEventID(notBefore: $0, db) } ?? .max
      return try EventRows.checked(
        Self.eventsOfActor(includesReads: includesReads),
        ["actor": row, "first": first, "end": min(end, behind ?? .max), "limit": limit],
        db
      )
    }
  }

  /// The condition that selects the newest service events of `:actor` whose ids are at least `:first` and lower than
  /// `:end`.
  ///
  /// The text of the condition matters: SQLite uses the index `service_event_action` only if this text contains exactly
  /// the condition of the index.
  static func eventsOfActor(includesReads: Bool) -> String {
    """
    service_event.actor = :actor AND \(includesReads ? "" : "service_event.kind <> 'historyRead' AND ")\
    service_event.id >= :first AND service_event.id < :end ORDER BY service_event.id DESC LIMIT :limit
    """
  }

  /// Returns the changes whose results an actor stated because the directory could not be read, newest statement first.
  ///
  /// - Parameters:
  ///   - actor: The actor.
  ///   - range: The period of the statements.
  ///   - behind: The sequence of the log entry of the last statement on the previous page, or nil for the first page.
  ///     Only statements with lower sequences are returned.
  ///   - limit: The maximum number of changes.
  package func statements(
    of actor: ActorID,
    in range: TimeRange,
    behind: Int64?,
    limit: Int
  ) async throws(LedgerError) -> [Change] {
    try await read { db in
      guard let row = try Self.row(of: actor, db) else { return [] }
      let arguments: SQLArguments = [
        "actor": row, "since": range.since?.microseconds ?? .min, "until": range.until?.microseconds ?? .max,
        "behind": behind ?? .max, "limit": limit,
      ]
      return try ChangeRows(db, identities).checked(Self.statementsOfActor, arguments)
    }
  }

  /// The condition that selects the newest changes whose results `:actor` stated in a period.
  static let statementsOfActor = """
    WHERE change.id IN (
      SELECT settled.id FROM change_statement AS said JOIN change AS settled ON settled.id = said.change
      WHERE said.actor = :actor AND settled.outcome_sequence < :behind
        AND settled.result_time >= :since AND settled.result_time < :until
      ORDER BY settled.outcome_sequence DESC LIMIT :limit
    )
    ORDER BY change.outcome_sequence DESC
    """

  /// Returns the actor with the newest recorded name, or nil if no name of the actor is recorded.
  package func named(_ actor: ActorID) async throws(LedgerError) -> Change.Actor? {
    try await read { db in
      guard let row = try Self.row(of: actor, db) else { return nil }
      return try db.first(
        "SELECT name, user_principal_name FROM actor_name WHERE actor = ? ORDER BY id DESC LIMIT 1",
        [row]
      ) { row in
        Change.Actor(
          type: actor.type,
          id: actor.id,
          name: try row.optionalText(0),
          userPrincipalName: try row.optionalText(1)
        )
      }
    }
  }

  /// Returns the row number of an actor, or nil if nothing is recorded about the actor.
  static func row(of actor: ActorID, _ db: any LedgerConnection) throws -> Int64? {
    try db.integer(
      "SELECT id FROM actor WHERE actor_type = ? AND coalesce(actor_id, '') = ?",
      [actor.type.rawValue, actor.id]
    )
  }

  /// The number of ids in the range of one read of ``totals(of:in:timeLimit:)``. The range is limited, so that each
  /// read takes only a short time.
  private static let idsPerRead: Int64 = 200_000

  /// Counts the changes that an actor requested, beginning with the newest change.
  ///
  /// The count ends when all changes are counted. It also ends when it has taken longer than `timeLimit`. The result
  /// then is not complete.
  package func totals(
    of actor: ActorID,
    in range: TimeRange,
    timeLimit: Duration
  ) async throws(LedgerError) -> ActorTotals {
    let start = ContinuousClock.now
    let found = try await read { db -> (row: Int64, ids: ClosedRange<Int64>)? in
      guard let row = try Self.row(of: actor, db) else { return nil }
      let first = try range.since.map { try ChangeTimes.firstID(notBefore: $0, db) } ?? 1
      let newest = try Self.newestNumber(db)
      let last = try range.until.map { try ChangeTimes.firstID(notBefore: $0, db) - 1 } ?? newest
      return first <= last ? (row, first...last) : nil
    }
    var totals = ActorTotals()
    guard let (row, ids) = found else { return totals }
    var last = ids.upperBound
    while last >= ids.lowerBound {
      guard ContinuousClock.now - start < timeLimit else {
        totals.isComplete = false
        break
      }
      let first = max(ids.lowerBound, last - Self.idsPerRead + 1)
      let part = first...last
      for (count, result, flow) in try await counts(ofActor: row, in: part) { totals.add(count, result, of: flow) }
      last = first - 1
    }
    return totals
  }

  /// Returns the numbers of the changes that an actor requested, for each result and flow. Only changes with ids in the
  /// range are counted.
  private func counts(
    ofActor row: Int64,
    in ids: ClosedRange<Int64>
  ) async throws(LedgerError) -> [(Int, Change.Result, FlowName?)] {
    try await read { db in
      let known = KnownIdentities(db, identities)
      let rows = try db.rows(
        Self.countsOfActor,
        ["actor": row, "first": ids.lowerBound, "last": ids.upperBound]
      ) { row in
        (try row.word(0, Change.Result.init), try row.optionalInteger(1), Int(try row.integer(2)))
      }
      return try rows.map { result, address, count in
        (count, result, try address.map { FlowName(of: try known.address($0)) })
      }
    }
  }

  /// The SQL that counts the changes of `:actor` with ids from `:first` to `:last`.
  static let countsOfActor = """
    SELECT change.result, change.address, count(*) FROM change
    WHERE change.actor = :actor AND change.id BETWEEN :first AND :last GROUP BY change.result, change.address
    """
}
