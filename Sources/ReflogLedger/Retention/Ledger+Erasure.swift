package import ReflogModel
import ReflogStorage

extension Ledger {
  /// The progress of an erasure: the last change and the last service event that the erasure has processed.
  package struct ErasurePosition: Sendable {
    fileprivate var change: Int64 = 0
    fileprivate var event: Int64 = 0

    /// Creates the position at the start of an erasure.
    package init() {}
  }

  /// Requests the erasure of all personal data of an actor that the ledger holds at present.
  ///
  /// When this returns, the request is durable. Then call ``continueErasure(_:from:)`` to erase the data. If the server
  /// restarts, the erasure continues.
  ///
  /// - Returns: The number of actors that the subject identifies. A person and a program may have the same id. If the
  ///   number is 0, no request was recorded.
  package func askErasure(of subject: Erasure.Subject, by actor: Change.Actor) async throws(LedgerError) -> Int {
    try await write { session in
      let found = try ErasureRows.actors(subject, session.connection)
      for (row, type, id) in found {
        let details: JSONObject = ["actorType": .string(type.rawValue), "actorId": .string(id)]
        let event = try session.record(ServiceEvent.Content(.erased, actor: actor, details: details))
        try ErasureRows.insert(actor: row, event: event, session.connection)
      }
      return found.count
    }
  }

  /// Erases the personal data in the next few rows in one transaction, except in rows under a legal hold.
  ///
  /// - Parameters:
  ///   - id: The id of the erasure.
  ///   - position: The progress of the erasure. This call updates the position. Pass the updated position to the next
  ///     call.
  package func continueErasure(
    _ id: Int64,
    from position: inout ErasurePosition
  ) async throws(LedgerError) -> UnfinishedDeletions.Progress {
    let begun = position
    let (next, isMore) = try await write { session in
      let db = session.connection
      guard let erasure = try ErasureRows.unfinished(db).first(where: { $0.id == id }) else { return (begun, false) }
      try RetentionRecord(db).checkKept(db)
      try ErasureRows.check(erasure.event, isOf: erasure.actor, db)
      try session.deleteSecurely()
      session.forgetMemory()
      var next = begun
      if try session.eraseChanges(of: erasure.actor, before: erasure.sequence, from: &next.change) {
        return (next, true)
      }
      try session.eraseStatements(of: erasure.actor, before: erasure.sequence)
      return (next, try session.eraseEvents(of: erasure.actor, before: erasure.event, from: &next.event))
    }
    position = next
    return isMore ? .more : .done
  }

  /// Returns how much personal data an erasure would delete at present, or nil if the ledger has no such actor.
  package func planErasure(of subject: Erasure.Subject) async throws(LedgerError) -> Erasure.Plan? {
    try await questions.read { db in
      let actors = try ErasureRows.actors(subject, db)
      guard !actors.isEmpty else { return nil }
      var plan = Erasure.Plan()
      for (actor, _, _) in actors {
        try db.forEach(
          """
          SELECT
            (
              SELECT count(*) FROM (
                SELECT change.id FROM \(LedgerSession.changesOfActor) AND NOT \(RetentionRows.isHeld)
                UNION SELECT change.id FROM \(LedgerSession.statementsOfActor) AND NOT \(RetentionRows.isHeld)
              )
            ),
            (
              SELECT count(*) FROM (
                SELECT change.id FROM \(LedgerSession.changesOfActor) AND \(RetentionRows.isHeld)
                UNION SELECT change.id FROM \(LedgerSession.statementsOfActor) AND \(RetentionRows.isHeld)
              )
            ),
            (
              SELECT count(*) FROM service_event
              JOIN service_event_personal ON service_event_personal.event = service_event.id
              WHERE service_event.actor = :actor AND service_event_personal.salt IS NOT NULL
            ),
            \(RetentionRows.isEverythingHeld)
          """,
          ["actor": actor]
        ) { row in
          plan.changes += try row.integer(0)
          plan.held += try row.integer(1)
          let events = try row.integer(2)
          if try row.bool(3) { plan.held += events } else { plan.events += events }
        }
      }
      return plan
    }
  }
}

extension LedgerSession {
  /// The SQL that selects the changes by `:actor` whose personal data is not erased.
  fileprivate static let changesOfActor = """
    change JOIN change_personal ON change_personal.change = change.id LEFT JOIN address ON address.id = change.address
    WHERE change.actor = :actor AND change_personal.salt IS NOT NULL
    """
  /// The SQL that selects the statements by the person `:actor` that are not erased.
  fileprivate static let statementsOfActor = """
    change_statement JOIN change ON change.id = change_statement.change LEFT JOIN address ON address.id = change.address
    WHERE change_statement.actor = :actor AND change_statement.salt IS NOT NULL
    """

  /// The maximum number of changes or events that one transaction of an erasure covers.
  private static let erasedAtOnce = 200

  /// Erases the personal data of the next changes, and returns whether more changes may be left.
  fileprivate func eraseChanges(of actor: Int64, before sequence: Int64, from position: inout Int64) throws -> Bool {
    let ids = try connection.integers(
      """
      SELECT change.id FROM \(Self.changesOfActor) AND NOT \(RetentionRows.isHeld)
        AND change.id > :position AND change.intent_sequence < :sequence
      ORDER BY change.id LIMIT :limit
      """,
      ["actor": actor, "position": position, "sequence": sequence, "limit": Self.erasedAtOnce]
    )
    for change in try stored(ids) {
      try erase("change_personal", "change", change.id.number, try change.personalHash())
    }
    position = ids.last ?? position
    return ids.count == Self.erasedAtOnce
  }

  /// Erases every statement that an actor made about a pending change, except statements under a legal hold.
  ///
  /// One transaction erases all statements. They are few, because a person states a result only if the directory can't
  /// be read.
  fileprivate func eraseStatements(of actor: Int64, before sequence: Int64) throws {
    let ids = try connection.integers(
      """
      SELECT change_statement.change FROM \(Self.statementsOfActor) AND NOT \(RetentionRows.isHeld)
        AND change.outcome_sequence < :sequence
      """,
      ["actor": actor, "sequence": sequence]
    )
    for change in try stored(ids) {
      try erase("change_statement", "change", change.id.number, try change.statementHash())
    }
  }

  /// Erases the personal data of the next events, and returns whether more events may be left.
  fileprivate func eraseEvents(of actor: Int64, before event: Int64, from position: inout Int64) throws -> Bool {
    let events = try EventRows.stored(
      """
      service_event.actor = :actor AND service_event.id > :position AND service_event.id < :event
        AND personal.salt IS NOT NULL AND NOT \(RetentionRows.isEverythingHeld)
      ORDER BY service_event.id LIMIT :limit
      """,
      ["actor": actor, "position": position, "event": event, "limit": Self.erasedAtOnce],
      connection
    )
    for stored in events {
      try erase("service_event_personal", "event", stored.event.id, try stored.personalHash())
    }
    position = events.last?.event.id ?? position
    return events.count == Self.erasedAtOnce
  }

  /// Returns the changes with these ids, without comparing them with the log.
  private func stored(_ ids: [Int64]) throws -> [StoredChange] {
    try ChangeRows(connection, IdentityCache()).stored(
      "WHERE change.id IN (SELECT value FROM json_each(?))",
      [JSONValue.array(ids.map { .integer($0) }).text]
    )
  }

  /// Replaces a personal part with its hash.
  private func erase(_ table: String, _ id: String, _ row: Int64, _ hash: Hash?) throws {
    guard let hash else { throw LedgerError.corrupt("the personal data that an erasure must delete is missing") }
    let reason = table == "service_event_personal" ? "" : "reason = NULL,"
    try connection.execute(
      """
      UPDATE \(table) SET salt = NULL, actor_name = NULL, ip_address = NULL, \(reason) erased_hash = :hash
      WHERE \(id) = :row
      """,
      ["hash": hash, "row": row]
    )
  }
}

extension History {
  /// Returns all erasures, oldest first.
  package func erasures() async throws(LedgerError) -> [Erasure] {
    try await read { db in try ErasureRows.all(db) }
  }
}
