import Foundation
import GRDB
import ReflogModel

extension LedgerVerification {
  /// Changes checked in one short read.
  private static let pieceSize = 2000

  /// Checks all changes; those that came since the log had `size` entries are checked too, and not counted.
  func verifyChanges(
    _ losses: RecordedLosses,
    below size: Int64,
    _ progress: @escaping @Sendable (Int) -> Void
  ) async throws(LedgerError) -> Part {
    var whole = try await verifyPlacement()
    do {
      try await withThrowingTaskGroup(of: Part.self) { group in
        var next: Int64? = 0
        func add() async throws {
          guard let behind = next else { return }
          let end = try await self.end(of: Self.pieceSize, behind: behind)
          next = end
          guard let end else { return }
          group.addTask {
            let part = try await self.verify(behind + 1...end, losses, below: size)
            progress(Int(part.checked))
            return part
          }
        }
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { try await add() }
        while let part = try await group.next() {
          whole.add(part)
          try await add()
        }
      }
    } catch {
      throw LedgerError(error)
    }
    return whole
  }

  /// The last id of the next so many changes, whatever is missing between them; nothing where there is none.
  private func end(of count: Int, behind id: Int64) async throws(LedgerError) -> Int64? {
    try await history.read { db in
      try Int64.fetchOne(
        db.cachedStatement(sql: "SELECT max(id) FROM (SELECT id FROM change WHERE id > ? ORDER BY id LIMIT ?)"),
        arguments: [id, count]
      )
    }
  }

  /// What stands where Reflog puts nothing.
  private func verifyPlacement() async throws(LedgerError) -> Part {
    let strange = try await history.read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM change WHERE id < 1
          UNION ALL
          SELECT change_statement.change FROM change_statement LEFT JOIN change ON change.id = change_statement.change
          WHERE change.settled_by IS NOT 'person'
          UNION ALL
          SELECT change FROM change_personal WHERE change < 1
          LIMIT ?
          """,
        arguments: [Self.maximumFindings]
      )
    }
    let doubled = try await history.read { db in try Self.doubledIdentities(db) }
    return Part(findings: strange.map { .unlogged(change: Change.ID($0)) } + doubled)
  }

  /// Identities that stand twice. Looks at the tables themselves, for an index says what somebody had it say.
  private static func doubledIdentities(_ db: Database) throws -> [LedgerReport.Finding] {
    let identities = [
      ("flow", "flow_type, flow_id"), ("step", "name"), ("address", "flow, step"), ("connector", "connector_id"),
      ("actor", "actor_type, actor_id"), ("client_app", "app_id"),
    ]
    return try identities.flatMap { table, columns in
      let first = columns.prefix { $0 != "," }
      return try Int64.fetchAll(
        db,
        sql: """
          SELECT min(id) FROM \(table) NOT INDEXED WHERE \(first) IS NOT NULL GROUP BY \(columns) HAVING count(*) > 1 LIMIT ?
          """,
        arguments: [maximumFindings]
      ).map { LedgerReport.Finding.doubled(table: table, row: $0) }
    }
  }

  /// Checks the changes of a range. Where one can't be read the others still are.
  private func verify(
    _ ids: ClosedRange<Int64>,
    _ losses: RecordedLosses,
    below size: Int64
  ) async throws(LedgerError) -> Part {
    do {
      return try await history.read { [identities = history.identities] db in
        let changes = try ChangeRows(db, identities).logged(
          "WHERE change.id BETWEEN ? AND ? ORDER BY change.id",
          [ids.lowerBound, ids.upperBound],
          isFixed: true
        )
        var (part, last, records) = (Part(), ids.lowerBound - 1, Records(db))
        for logged in changes {
          let id = logged.change.id.number
          guard id > last else { throw LedgerError.corrupt("changes stand out of order") }
          if last + 1 < id { part.miss(last + 1...id - 1, losses) }
          last = id
          part.check(logged, losses, below: size, &records)
        }
        if last < ids.upperBound { part.miss(last + 1...ids.upperBound, losses) }
        return part
      }
    } catch {
      guard ids.count > 1 else {
        return Part(findings: [.damaged(change: Change.ID(ids.lowerBound), problem: error.description)])
      }
      let middle = ids.lowerBound + (ids.upperBound - ids.lowerBound) / 2
      var part = try await verify(ids.lowerBound...middle, losses, below: size)
      if part.findings.count < Self.maximumFindings {
        part.add(try await verify(middle + 1...ids.upperBound, losses, below: size))
      }
      return part
    }
  }
}

extension LedgerVerification.Part {
  /// No id is ever left out: what is not there was purged, or is missing.
  fileprivate mutating func miss(_ ids: ClosedRange<Int64>, _ losses: RecordedLosses) {
    suspects.changes += losses.changes.gaps(in: ids)
  }

  fileprivate mutating func check(
    _ logged: LoggedChange,
    _ losses: RecordedLosses,
    below size: Int64,
    _ records: inout Records
  ) {
    let change = logged.change
    checked += 1
    do {
      let pairs = try logged.pairs(records)
      claimed += Int64(pairs.count { $0.sequence < size })
      if pairs.isEmpty {
        report(.unlogged(change: change.id))
      } else if let altered = pairs.first(where: { !$0.agrees }) {
        report(.altered(change: change.id, sequence: altered.sequence))
      } else {
        try checkErasure(logged, losses, records)
      }
    } catch {
      report(.damaged(change: change.id, problem: "\(error)"))
    }
  }

  private mutating func checkErasure(
    _ logged: LoggedChange,
    _ losses: RecordedLosses,
    _ records: Records
  ) throws {
    let change = logged.change
    if logged.erasedHash != nil {
      erased += 1
      check(erased: .change(change.id), change.intent.actor, at: change.intentSequence, losses)
    }
    guard change.outcome?.settledBy == .person, let teller = try records.erasedTeller(of: change) else { return }
    erased += 1
    check(erased: .change(change.id), teller, at: change.sequence, losses)
  }
}
