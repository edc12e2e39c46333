import Foundation
import GRDB
package import ReflogModel

/// Holds a ledger against its log: rows against entries, entries against the tree, the tree against signed checkpoints.
///
/// It reads in short pieces, beside a running server too, and what it keeps does not grow with the ledger, but with the gaps in
/// it. What is on record as purged or erased is told from what is missing: but only where a checkpoint was signed over the record,
/// since Reflog deletes nothing before.
package struct LedgerVerification: Sendable {
  /// Tampering that leaves more traces than this is plain enough.
  static let maximumFindings = LogVerification.maximumFindingCount

  let history: History
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

  /// What a part of the ledger gave.
  struct Part: Sendable {
    var findings: [LedgerReport.Finding] = []
    /// What is gone, though nothing that was signed when the verification began says so.
    var suspects = Suspects()
    /// How many changes there are.
    var checked: Int64 = 0
    /// Entries that stand for what is there.
    var claimed: Int64 = 0
    /// What is gone on the record: changes, events, or what is said of people.
    var purged: Int64 = 0
    var erased: Int64 = 0

    /// Keeps a finding, unless there are enough.
    mutating func report(_ finding: LedgerReport.Finding) {
      if findings.count < LedgerVerification.maximumFindings { findings.append(finding) }
    }

    mutating func add(_ other: Part) {
      for finding in other.findings { report(finding) }
      suspects.add(other.suspects)
      checked += other.checked
      claimed += other.claimed
      purged += other.purged
      erased += other.erased
    }
  }

  /// Verifies everything, with as many cores as there are.
  ///
  /// - Parameter progress: hears how many changes were checked since it was last told.
  package func run(progress: @escaping @Sendable (Int) -> Void) async throws(LedgerError) -> LedgerReport {
    let log = LogVerification(
      of: try await history.origin(),
      with: keys,
      against: claims + (try await ownClaim().map { [$0] } ?? [])
    )
    let (size, signed) = (try await history.read { db in try LogRows.size(db) }, log.signedSize)
    let events = try await verifyEvents(below: size, signedBelow: signed)
    async let tree = verifyTree(log, of: .min..<min(size, signed), countedBelow: size, events.losses)
    var rows = try await verifyChanges(events.losses, below: size, progress)
    rows.add(events.part)
    var (begun, entries): (LogVerification, Part)
    do { (begun, entries) = try await tree } catch { throw LedgerError(error) }
    // What was not signed when this began: it is there, or was not deleted by Reflog.
    if let own = try await ownClaim() { begun.expect(own) }
    let signedNow = begun.signedSize
    let sizeNow = try await history.read { db in try LogRows.size(db) }
    if signed < sizeNow {
      let (whole, rest) = try await verifyTree(begun, of: signed..<sizeNow, countedBelow: size, nil)
      begun = whole
      entries.add(rest)
    }
    // Every entry that has its salt must stand for a row that is there; which one does not is looked for only where one does not.
    if rows.claimed != entries.claimed {
      for finding in try await strayFindings(below: size) { rows.report(finding) }
    }
    rows.add(entries)
    if !rows.suspects.isEmpty {
      rows.add(judge(rows.suspects, try await losses(behind: events, signedBelow: signedNow)))
    }
    return LedgerReport(
      findings: rows.findings.sorted(),
      log: begun.finish(),
      changes: rows.checked,
      purgedEntries: rows.purged,
      erased: rows.erased
    )
  }

  /// The ledger's own checkpoint as it is now; nothing before the first.
  private func ownClaim() async throws(LedgerError) -> LogVerification.Claim? {
    try await history.checkpoint().map {
      LogVerification.Claim(source: "the ledger's checkpoint", note: Array($0.note.utf8))
    }
  }

  /// Entries whose change or event is not there, though nothing says that it was purged.
  private func strayFindings(below size: Int64) async throws(LedgerError) -> [LedgerReport.Finding] {
    var (findings, first): ([LedgerReport.Finding], Int64?) = ([], .min)
    while let from = first, findings.count < Self.maximumFindings {
      // By the entries that are there: what somebody inserted may have any number.
      let (strays, last) = try await history.read { db in
        let last = try Int64.fetchOne(
          db.cachedStatement(
            sql: """
              SELECT max(sequence) FROM (
                SELECT sequence FROM entry WHERE sequence >= :first AND sequence < :size ORDER BY sequence LIMIT :limit
              )
              """
          ),
          arguments: ["first": from, "size": size, "limit": Self.strayPiece]
        )
        guard let last else { return ([Int64](), Int64?.none) }
        let strays = try Int64.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT entry.sequence FROM entry
              LEFT JOIN change ON change.id = entry.change
                AND entry.sequence IN (change.intent_sequence, change.outcome_sequence)
              LEFT JOIN service_event ON service_event.id = entry.event AND service_event.sequence = entry.sequence
              WHERE change.id IS NULL AND service_event.id IS NULL AND entry.salt IS NOT NULL
                AND entry.sequence BETWEEN :first AND :last
              ORDER BY entry.sequence LIMIT :limit
              """
          ),
          arguments: ["first": from, "last": last, "limit": Self.maximumFindings]
        )
        return (strays, last)
      }
      findings += strays.map { .missing(sequence: $0) }
      first = last.flatMap { $0 < .max ? $0 + 1 : nil }
    }
    return findings
  }

  /// How many entries a short read looks at.
  private static let strayPiece: Int64 = 50_000
}
