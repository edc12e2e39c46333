import Foundation
import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// The number of changes that one short read checks.
  private static let pieceSize = 2000

  /// Checks all changes.
  ///
  /// Entries with a sequence number of `size` or more are checked but not counted.
  func verifyChanges(
    _ deletions: RecordedDeletions,
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
          // In a damaged file, a query for higher ids can return a lower id. The loop would then never end.
          guard end > behind else {
            next = nil
            return whole.report(
              .damaged(change: Change.ID(behind + 1), problem: "the changes after it are out of order")
            )
          }
          group.addTask {
            let part = try await self.verify(behind + 1...end, deletions, below: size)
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

  /// Returns the last id of the next `count` changes, or nil if there are no more changes.
  private func end(of count: Int, behind id: Int64) async throws(LedgerError) -> Int64? {
    try await history.read { db in
      try db.integer(
        "SELECT max(id) FROM (SELECT id FROM change WHERE id > ? ORDER BY id LIMIT ?) AS following",
        [id, count]
      )
    }
  }

  /// Finds rows that Reflog never writes.
  private func verifyPlacement() async throws(LedgerError) -> Part {
    let strange = try await history.read { db in
      try db.integers(
        """
        SELECT id FROM change WHERE id < 1
        UNION ALL
        SELECT change_statement.change FROM change_statement LEFT JOIN change ON change.id = change_statement.change
        WHERE change.settled_by IS DISTINCT FROM 'person'
        UNION ALL
        SELECT change FROM change_personal WHERE change < 1
        LIMIT ?
        """,
        [Self.maximumFindings]
      )
    }
    let doubled = try await history.read { db in try Self.doubledIdentities(db) }
    return Part(findings: strange.map { .unlogged(change: Change.ID($0)) } + doubled)
  }

  /// Finds ids and names, such as the id of an actor, that are stored in more than one row.
  ///
  /// The SQL reads the tables without the indexes, because an altered index could hide a row.
  private static func doubledIdentities(_ db: any LedgerConnection) throws -> [LedgerReport.Finding] {
    let dialect = db.dialect
    let identities = [
      ("flow", ["flow_type", dialect.ignoringCase("flow_id")]), ("step", [dialect.ignoringCase("name")]),
      ("address", ["flow", "step"]), ("connector", [dialect.ignoringCase("connector_id")]),
      ("actor", ["actor_type", "actor_id"]), ("client_app", ["app_id"]),
    ]
    return try identities.flatMap { table, columns in
      try db.integers(
        """
        SELECT min(id) FROM \(dialect.tableWithoutIndexes(table)) WHERE \(columns[0]) IS NOT NULL
        GROUP BY \(columns.joined(separator: ", ")) HAVING count(*) > 1 LIMIT ?
        """,
        [maximumFindings]
      ).map { LedgerReport.Finding.doubled(table: table, row: $0) }
    }
  }

  /// Checks the changes in a range of ids.
  ///
  /// If a change can't be read, the range is divided until the range has only this change. Then only this change is
  /// reported as damaged, and all other changes are checked.
  private func verify(
    _ ids: ClosedRange<Int64>,
    _ deletions: RecordedDeletions,
    below size: Int64
  ) async throws(LedgerError) -> Part {
    do {
      return try await history.read { [identities = history.identities] db in
        let changes = try ChangeRows(db, identities).stored(
          "WHERE change.id BETWEEN ? AND ? ORDER BY change.id",
          [ids.lowerBound, ids.upperBound]
        )
        var (part, last) = (Part(), ids.lowerBound - 1)
        for change in changes {
          let id = change.id.number
          guard id > last else { throw LedgerError.corrupt("changes are out of order") }
          if last + 1 < id { part.miss(last + 1...id - 1, deletions) }
          last = id
          part.check(change, deletions, below: size)
        }
        if last < ids.upperBound { part.miss(last + 1...ids.upperBound, deletions) }
        return part
      }
    } catch {
      guard ids.count > 1 else {
        return Part(findings: [.damaged(change: Change.ID(ids.lowerBound), problem: error.problem)])
      }
      let middle = ids.lowerBound + (ids.upperBound - ids.lowerBound) / 2
      var part = try await verify(ids.lowerBound...middle, deletions, below: size)
      if part.findings.count < Self.maximumFindings {
        part.add(try await verify(middle + 1...ids.upperBound, deletions, below: size))
      }
      return part
    }
  }
}

extension LedgerVerification.Part {
  /// Handles ids without a row; each of these ids belongs to a deleted change, because Reflog leaves no gaps between
  /// ids.
  ///
  /// The ids are added to the unexplained deletions, except the ids of changes that a recorded purge deleted.
  fileprivate mutating func miss(_ ids: ClosedRange<Int64>, _ deletions: RecordedDeletions) {
    unexplained.changes += deletions.changes.gaps(in: ids)
  }

  /// Compares a change with its entries.
  fileprivate mutating func check(_ change: StoredChange, _ deletions: RecordedDeletions, below size: Int64) {
    checked += 1
    do {
      let entries = try change.entries()
      claimed += Int64(entries.count { $0.sequence < size })
      if entries.isEmpty {
        report(.unlogged(change: change.id))
      } else if let altered = entries.first(where: { !$0.isAsLogged }) {
        report(.altered(change: change.id, sequence: altered.sequence))
      } else {
        for (sequence, event) in change.erasures {
          erased += 1
          check(.init(subject: .change(change.id), sequence: sequence, event: event), deletions)
        }
      }
    } catch {
      report(.damaged(change: change.id, problem: (error as? LedgerError)?.problem ?? "\(error)"))
    }
  }
}
