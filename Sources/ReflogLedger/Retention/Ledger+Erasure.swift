package import ReflogModel
import ReflogStorage

extension Ledger {
  /// The progress of an erasure: the last row that the erasure has processed in each table with personal data.
  package struct ErasurePosition: Sendable {
    fileprivate var last: [String: Int64] = [:]

    /// Creates the position at the start of an erasure.
    package init() {}
  }

  /// Requests the erasure of all personal data that the ledger holds about an actor at present.
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
        let event = try session.record(ServiceEvent.Content(.erasureAsked, actor: actor, details: details))
        try ErasureRows.insert(actor: row, event: event, session.connection)
      }
      return found.count
    }
  }

  /// Does the next step of an erasure in one transaction: the step either claims personal data or erases claimed data.
  ///
  /// To claim data, the transaction records an event that lists the entries with the data. Once the event is durable
  /// and signed, the next step erases this data. So a signed event lists every entry whose personal data is deleted by
  /// an erasure. Data under a legal hold is never claimed. If a legal hold is placed between the claim and the erasure,
  /// the claimed data is kept.
  ///
  /// - Parameters:
  ///   - id: The id of the erasure.
  ///   - position: The progress of the erasure. This call updates the position. Pass the updated position to the next
  ///     call.
  package func continueErasure(
    _ id: Int64,
    from position: inout ErasurePosition
  ) async throws(LedgerError) -> UnfinishedDeletions.Progress {
    let removed = try await removeClaimedReasons()
    let begun = position
    let (next, isMore) = try await write { session in
      let db = session.connection
      guard let erasure = try ErasureRows.unfinished(db).first(where: { $0.id == id }) else { return (begun, false) }
      let recorded = try RetentionRecord(db)
      try recorded.checkKept(db)
      try recorded.check(erasure)
      if try session.eraseClaimed(by: erasure, upTo: removed) { return (begun, true) }
      var next = begun
      if try session.claim(for: erasure, from: &next) { return (next, true) }
      // After a claim was withdrawn, rows that the erasure has already processed can still contain data. So the erasure
      // ends only after a search that began with the first row and found no data.
      guard !begun.last.isEmpty else { return (begun, false) }
      return (ErasurePosition(), true)
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
        let changes = try ErasableRows.count([ErasableRows.changes, ErasableRows.statements], of: actor, db)
        let events = try ErasableRows.count([ErasableRows.events], of: actor, db)
        plan.changes += changes.erasable
        plan.events += events.erasable
        plan.held += changes.held + events.held
      }
      return plan
    }
  }
}

extension LedgerSession {
  /// The maximum number of rows in one claim of an erasure; the number is small, so other writes wait only a short
  /// time.
  private static let erasedAtOnce = 200

  /// The erasure's newest claim with the rows that are still to be erased, or nil if all rows are erased.
  private func openErasureClaim() throws -> (claim: Claim, rows: [(ErasableRows.Table, [ErasableRows.Claimed])])? {
    guard let claim = try Claim(.erased, unless: .erasureWithdrawn, connection) else { return nil }
    let entries = claim.ids("entries")
    let rows = try ErasableRows.tables.map { ($0, try ErasableRows.claimed($0, in: entries, connection)) }
    return rows.allSatisfy(\.1.isEmpty) ? nil : (claim, rows)
  }

  /// Erases the personal data that an earlier transaction claimed, and returns whether there was a claim.
  ///
  /// If the newest claim belongs to a different erasure, that claim is withdrawn instead.
  ///
  /// - Parameters:
  ///   - erasure: The erasure.
  ///   - newest: The newest claim whose reasons were removed from the index of reasons. If the open claim is newer, no
  ///     data is erased, and the next step of the erasure removes the reasons first.
  fileprivate func eraseClaimed(by erasure: ErasureRows.Unfinished, upTo newest: Int64) throws -> Bool {
    guard let (claim, rows) = try openErasureClaim() else { return false }
    guard claim.event.id <= newest else { return true }
    guard claim.details["asked"]?.wholeNumber == erasure.event else {
      try withdrawErasureClaim()
      return true
    }
    let all = rows.flatMap(\.1)
    guard all.allSatisfy({ $0.actor == erasure.actor && !$0.isHeld && $0.sequence < erasure.sequence }) else {
      throw LedgerError.corrupt("service event \(claim.event.id) claims personal data that must be kept")
    }
    try connection.beginDeletion()
    forgetMemory()
    for (table, rows) in rows {
      let hashes = try hashes(of: table, rows.map(\.id))
      for row in rows {
        try ErasableRows.erase(table, row.id, hashes[row.id] ?? nil, because: claim.event.id, connection)
      }
    }
    return true
  }

  /// Records an event that claims the next personal data of an erasure, and returns whether data was found.
  fileprivate func claim(
    for erasure: ErasureRows.Unfinished,
    from position: inout Ledger.ErasurePosition
  ) throws -> Bool {
    var entries: [Int64] = []
    for table in ErasableRows.tables {
      let rows = try ErasableRows.next(
        table,
        of: erasure,
        behind: position.last[table.name] ?? 0,
        limit: Self.erasedAtOnce - entries.count,
        connection
      )
      guard let last = rows.last else { continue }
      position.last[table.name] = last.id
      entries += rows.map(\.sequence)
    }
    guard !entries.isEmpty else { return false }
    // Triggers in the database read the entries from the end of the event's details, so the entries are the last
    // detail. Each entry is listed separately, because a trigger compares texts and can't read ranges.
    let details: JSONObject = [
      "asked": .integer(erasure.event), "actorType": .string(erasure.actorType),
      "actorId": .string(erasure.actorID),
      "entries": .string(entries.sorted().map(String.init).joined(separator: ",")),
    ]
    try record(ServiceEvent.Content(.erased, count: entries.count, details: details))
    return true
  }

  /// Withdraws the newest claim of an erasure if some of the claimed data is not erased yet.
  ///
  /// A service event records that the data is kept. An unfinished erasure then searches for data again.
  func withdrawErasureClaim() throws {
    guard let (claim, rows) = try openErasureClaim() else { return }
    let entries = Set(rows.flatMap(\.1).map(\.sequence)).sorted()
    let details: JSONObject = [
      "asked": claim.details["asked"] ?? .null, "claim": .integer(claim.event.id),
      "entries": .string(IDRanges(entries).text),
    ]
    try record(ServiceEvent.Content(.erasureWithdrawn, count: entries.count, details: details))
  }

  /// Returns the hashes of the personal data in the rows with these ids.
  private func hashes(of table: ErasableRows.Table, _ ids: [Int64]) throws -> [Int64: Hash?] {
    let list: SQLArguments = [JSONValue.array(ids.map { .integer($0) }).text]
    let isListed = "IN (\(connection.dialect.numbers(inArray: "?")))"
    if table.name == ErasableRows.events.name {
      let events = try EventRows.stored("service_event.id \(isListed)", list, connection)
      return Dictionary(uniqueKeysWithValues: try events.map { ($0.event.id, try $0.personalHash()) })
    }
    let changes = try ChangeRows(connection, IdentityCache()).stored("WHERE change.id \(isListed)", list)
    let isStatement = table.name == ErasableRows.statements.name
    return Dictionary(
      uniqueKeysWithValues: try changes.map { change in
        (change.id.number, isStatement ? try change.statementHash() : try change.personalHash())
      }
    )
  }
}

extension History {
  /// Returns all erasures, oldest first.
  package func erasures() async throws(LedgerError) -> [Erasure] {
    try await read { db in try ErasureRows.all(db) }
  }
}
