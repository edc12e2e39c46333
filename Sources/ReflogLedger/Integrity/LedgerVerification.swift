import Foundation
import GRDB
package import ReflogModel

/// Holds a ledger against its log: rows against entries, entries against the tree, the tree against signed checkpoints.
///
/// It reads in short pieces, and what it keeps does not grow with the ledger. What comes while it reads is left for the next
/// time.
package struct LedgerVerification: Sendable {
  /// Changes checked in one short read.
  private static let pieceSize: Int64 = 2000
  /// Entries taken into the tree in one short read.
  private static let hashesRead: Int64 = 16_384

  private let history: History
  private let claims: [LogVerification.Claim]
  private let keys: [VerifierKey]

  /// - Parameters:
  ///   - keys: whose signatures count.
  ///   - claims: checkpoints that were kept elsewhere; the ledger's own is added.
  package init(of history: History, keys: [VerifierKey], against claims: [LogVerification.Claim]) {
    self.history = history
    self.keys = keys
    self.claims = claims
  }

  /// Verifies everything, with as many cores as there are.
  ///
  /// - Parameter progress: hears how many changes were checked since it was last told.
  package func run(progress: @escaping @Sendable (Int) -> Void) async throws(LedgerError) -> LedgerReport {
    let own = try await history.checkpoint()
    let (last, size) = try await history.read { db in
      (try Int64.fetchOne(db, sql: "SELECT max(id) FROM change") ?? 0, try LogRows.size(db))
    }
    var findings = try await changeFindings(upTo: last, progress)
    findings += try await eventFindings(below: size)
    findings += try await strayFindings(below: size)
    let ownClaim = own.map { LogVerification.Claim(source: "the ledger's checkpoint", note: Array($0.note.utf8)) }
    var log = LogVerification(
      of: try await history.origin(),
      with: keys,
      against: claims + (ownClaim.map { [$0] } ?? [])
    )
    var next: Int64 = 0
    while next < size {
      let range = next..<min(size, next + Self.hashesRead)
      let entries = try await history.read { db in try LogRows.numberedHashes(range, db) }
      for (sequence, hash) in entries { log.append(hash, at: sequence) }
      next = range.upperBound
    }
    return LedgerReport(findings: findings.sorted(), log: log.finish(), changes: last)
  }

  private func changeFindings(
    upTo last: Int64,
    _ progress: @escaping @Sendable (Int) -> Void
  ) async throws(LedgerError) -> [LedgerReport.Finding] {
    do {
      return try await withThrowingTaskGroup(of: [LedgerReport.Finding].self) { group in
        var next: Int64 = 1
        var found: [LedgerReport.Finding] = []
        func add() {
          guard next <= last else { return }
          let ids = next...min(last, next + Self.pieceSize - 1)
          next = ids.upperBound + 1
          group.addTask { try await self.check(ids, progress) }
        }
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { add() }
        for try await findings in group {
          found += findings
          add()
        }
        return found
      }
    } catch {
      throw LedgerError(error)
    }
  }

  private func check(
    _ ids: ClosedRange<Int64>,
    _ progress: @Sendable (Int) -> Void
  ) async throws(LedgerError) -> [LedgerReport.Finding] {
    let (findings, count) = try await history.read { [identities = history.identities] db in
      let changes = try ChangeRows(db, identities).logged(
        "WHERE change.id BETWEEN ? AND ?",
        [ids.lowerBound, ids.upperBound],
        isFixed: true
      )
      let records = Records(db)
      return (changes.compactMap { Self.finding(of: $0, records) }, changes.count)
    }
    progress(count)
    return findings
  }

  private static func finding(of logged: LoggedChange, _ records: Records) -> LedgerReport.Finding? {
    let change = logged.change
    do {
      let pairs = try logged.pairs(records)
      guard !pairs.isEmpty else { return .unlogged(change: change.id) }
      return pairs.first { !$0.agrees }.map { .altered(change: change.id, sequence: $0.sequence) }
    } catch {
      return .damaged(change: change.id, problem: "\(error)")
    }
  }

  private func eventFindings(below size: Int64) async throws(LedgerError) -> [LedgerReport.Finding] {
    var (found, last): ([LedgerReport.Finding], Int64) = ([], 0)
    while true {
      let after = last
      let (findings, newest) = try await history.read { db -> ([LedgerReport.Finding], Int64?) in
        let events = try EventRows.events(
          "service_event.id > ? AND service_event.sequence < ? ORDER BY service_event.id LIMIT 500",
          [after, size],
          db
        )
        let records = Records(db)
        let findings = try events.compactMap { event -> LedgerReport.Finding? in
          guard let logged = try LoggedEntry(of: event, db) else { return .unloggedEvent(event.id) }
          let isSame = try records.event(event, logged.salt).hash == logged.hash
          return isSame ? nil : .alteredEvent(event.id, sequence: event.sequence)
        }
        return (findings, events.last?.id)
      }
      found += findings
      guard let newest else { return found }
      last = newest
    }
  }

  /// Entries whose change or event is not there.
  private func strayFindings(below size: Int64) async throws(LedgerError) -> [LedgerReport.Finding] {
    try await history.read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT entry.sequence FROM entry
          LEFT JOIN change ON change.id = entry.change
            AND entry.sequence IN (change.intent_sequence, change.outcome_sequence)
          LEFT JOIN service_event ON service_event.id = entry.event AND service_event.sequence = entry.sequence
          WHERE change.id IS NULL AND service_event.id IS NULL AND entry.sequence < ?
          ORDER BY entry.sequence LIMIT 1000
          """,
        arguments: [size]
      ).map { .missing(sequence: $0) }
    }
  }
}
