package import ReflogModel
import ReflogStorage

/// Compares the rows of a ledger with its log.
///
/// The verification compares rows with log entries, log entries with the Merkle tree, and the tree with signed
/// checkpoints. The verification reads in short transactions, so a server can write at the same time. The memory that
/// it needs grows with the number of gaps in the ledger, not with the number of rows.
///
/// A missing row counts as purged, and missing personal data as erased, only if an event records the deletion, and a
/// checkpoint with a valid signature covers the event. All other missing rows and data are reported.
package struct LedgerVerification: Sendable {
  /// The maximum number of findings in a report, because more findings would add no information.
  static let maximumFindings = LogVerification.maximumFindingCount

  let history: History
  private let claims: [LogVerification.ExpectedCheckpoint]
  private let keys: [VerifierKey]

  /// Creates a verification of a ledger.
  ///
  /// - Parameters:
  ///   - history: The ledger.
  ///   - keys: The keys whose signatures are accepted.
  ///   - claims: Checkpoints that were stored outside of the ledger. The ledger's own checkpoint is checked too.
  package init(of history: History, keys: [VerifierKey], against claims: [LogVerification.ExpectedCheckpoint]) {
    self.history = history
    self.keys = keys
    self.claims = claims
  }

  /// The result for a part of the ledger.
  struct Part: Sendable {
    var findings: [LedgerReport.Finding] = []
    /// The rows and data that are missing, and whose deletion was not recorded yet when the verification began.
    var unexplained = UnexplainedDeletions()
    /// The number of changes that were checked.
    var checked: Int64 = 0
    /// The number of entries that were not purged.
    var claimed: Int64 = 0
    /// The number of entries that were deleted by a recorded purge.
    var purged: Int64 = 0
    /// The total number of changes, statements and events whose personal data was erased.
    var erased: Int64 = 0

    /// Adds a finding, if the maximum number of findings is not reached.
    mutating func report(_ finding: LedgerReport.Finding) {
      if findings.count < LedgerVerification.maximumFindings { findings.append(finding) }
    }

    /// Adds the result of another part.
    mutating func add(_ other: Part) {
      for finding in other.findings { report(finding) }
      unexplained.add(other.unexplained)
      checked += other.checked
      claimed += other.claimed
      purged += other.purged
      erased += other.erased
    }
  }

  /// Verifies all entries that were appended before this call, on all processor cores.
  ///
  /// - Parameter progress: A closure that is called several times, each time with the number of changes and entries
  ///   that were checked after the previous call.
  package func run(progress: @escaping @Sendable (Int) -> Void) async throws(LedgerError) -> LedgerReport {
    let own = try await history.checkpoint()
    let size = own?.size ?? 0
    let replacements = try await history.keyReplacements()
    let log = LogVerification(
      of: try await history.origin(),
      formerly: Dictionary(replacements.map { ($0.formerOrigin, $0.formerSize) }) { _, newest in newest },
      with: keys,
      against: claims + Self.claims(own)
    )
    let events = try await verifyEvents(below: size, signedBelow: log.signedSize)
    async let tree = verifyTree(log, of: .min..<size, countedBelow: size, events.deletions, progress)
    async let tables = verifyTables()
    var rows = try await verifyChanges(events.deletions, below: size, progress)
    rows.add(events.part)
    var (whole, entries): (LogVerification, Part)
    do { (whole, entries) = try await tree } catch { throw LedgerError(error) }
    // A purge or an erasure may have deleted rows during the verification, and recorded events. An event counts only if
    // a checkpoint with a valid signature covers the event. So the tree is extended up to the newest checkpoint.
    if let newest = try await history.checkpoint(), newest.size > size {
      for claim in Self.claims(newest) { whole.expect(claim) }
      let (grown, rest) = try await verifyTree(
        whole,
        of: size..<newest.size,
        countedBelow: size,
        events.deletions,
        progress
      )
      whole = grown
      entries.add(rest)
    }
    // Each entry that was not purged must have the row of a change or an event. If the number of these entries equals
    // the number of their rows, no row is missing, and the slow search for missing rows is skipped.
    if rows.claimed != entries.claimed {
      for finding in try await missingRows(below: size) { rows.report(finding) }
    }
    for finding in Self.findings(own) + (try await strangeHead()) + (try await foreignEntries())
      + (try await foreignSubtrees())
    {
      rows.report(finding)
    }
    rows.add(entries)
    do { for finding in try await tables { rows.report(finding) } } catch { throw LedgerError(error) }
    for replacement in replacements {
      let root = try await history.root(ofFirst: replacement.formerSize)
      if root != replacement.formerRoot { rows.report(.strangeFormerPart(event: replacement.event)) }
    }
    if !rows.unexplained.isEmpty {
      rows.add(findings(of: rows.unexplained, try await deletions(behind: events, signedBelow: whole.signedSize)))
    }
    return LedgerReport(
      findings: rows.findings.sorted(),
      log: whole.finish(),
      changes: rows.checked,
      purgedEntries: rows.purged,
      erased: rows.erased
    )
  }

  /// The data in the head row of the log: the number of entries, the checkpoint, and the key that signed the
  /// checkpoint.
  private typealias Head = (size: Int64, note: String, key: String)

  /// Returns the checkpoint in the head row, for the comparison with the entries.
  ///
  /// The list is empty if the log has no entry.
  private static func claims(_ head: Head?) -> [LogVerification.ExpectedCheckpoint] {
    guard let head else { return [] }
    return [LogVerification.ExpectedCheckpoint(source: "the ledger's checkpoint", note: Array(head.note.utf8))]
  }

  /// Returns a finding if the head row and the checkpoint in the head row have different numbers of entries.
  private static func findings(_ head: Head?) -> [LedgerReport.Finding] {
    guard let head, let note = try? SignedNote(parsing: Array(head.note.utf8)),
      let signed = try? Checkpoint(text: note.text).size, signed != head.size
    else { return [] }
    return [.headMismatch(size: head.size, signed: signed)]
  }

  /// Finds parts of the head row of the log that do not match the other rows.
  ///
  /// These parts are: a tree that differs from the signed tree, a next id that does not follow the newest id, a time
  /// that is not the time of the newest entry, and a key that did not sign the checkpoint. All values are read in one
  /// transaction, because each append changes them.
  private func strangeHead() async throws(LedgerError) -> [LedgerReport.Finding] {
    try await history.read { db in
      let head: LedgerHead
      do { head = try LedgerHead(db) } catch LedgerError.foreignEntries { return [.strangeHead(.tree)] }
      let note = head.checkpoint.flatMap { try? SignedNote(parsing: Array($0.utf8)) }
      let signed = note.flatMap { try? Checkpoint(text: $0.text) }
      var findings: [LedgerReport.Finding] = []
      if let signed, signed.size == head.nextSequence, signed.root != head.frontier.root {
        findings.append(.strangeHead(.tree))
      }
      return try findings + LedgerHead.Parts(db).differences(from: head).map { .strangeHead($0) }
    }
  }

  /// Finds entries with a higher sequence number than the head row of the log allows.
  ///
  /// All values are read in one transaction, because each append changes the number of the last entry.
  private func foreignEntries() async throws(LedgerError) -> [LedgerReport.Finding] {
    try await history.read { db in
      try db.rows(
        "SELECT sequence FROM entry WHERE sequence >= (SELECT next_sequence FROM head) ORDER BY sequence LIMIT ?",
        [Self.maximumFindings]
      ) { .foreignEntry(sequence: try $0.integer(0)) }
    }
  }

  /// Finds entries that were not purged and whose change or event is missing.
  private func missingRows(below size: Int64) async throws(LedgerError) -> [LedgerReport.Finding] {
    var (findings, first): ([LedgerReport.Finding], Int64?) = ([], .min)
    while let from = first, findings.count < Self.maximumFindings {
      // The end of the next range is read from the existing entries. It can't be computed, because an entry from
      // another program may have any number.
      let (missing, last) = try await history.read { db in
        let last = try db.integer(
          """
          SELECT max(sequence) FROM (
            SELECT sequence FROM entry WHERE sequence >= :first AND sequence < :size ORDER BY sequence LIMIT :limit
          ) AS following
          """,
          ["first": from, "size": size, "limit": Self.entriesCompared]
        )
        guard let last else { return ([Int64](), Int64?.none) }
        let missing = try db.integers(
          """
          SELECT entry.sequence \(LogRows.withoutRow) AND entry.sequence BETWEEN :first AND :last
          ORDER BY entry.sequence LIMIT :limit
          """,
          ["first": from, "last": last, "limit": Self.maximumFindings]
        )
        return (missing, last)
      }
      findings += missing.map { .missing(sequence: $0) }
      first = last.flatMap { from <= $0 && $0 < .max ? $0 + 1 : nil }
    }
    return findings
  }

  /// The number of entries that one short read compares with rows.
  private static let entriesCompared: Int64 = 50_000
}
