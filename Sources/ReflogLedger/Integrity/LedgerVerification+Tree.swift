import GRDB
import ReflogModel

extension LedgerVerification {
  /// Entries taken into the tree in one short read.
  private static let entriesRead = 16_384

  /// Takes all entries below `size` into the tree, and tells those whose record was purged.
  func verifyTree(
    _ log: LogVerification,
    of size: Int64,
    _ losses: RecordedLosses
  ) async throws(LedgerError) -> (report: LogVerification.Report, entries: Part) {
    var (log, part, next) = (log, Part(), Int64.min)
    while next < size {
      let from = next
      do {
        let entries = try await history.read { db in
          try LogRows.entries(from..<size, limit: Self.entriesRead, db)
        }
        for entry in entries {
          log.append(entry.hash, at: entry.sequence)
          part.add(entry, losses)
        }
        guard entries.count == Self.entriesRead, let last = entries.last else { break }
        next = last.sequence + 1
      } catch {
        // The place of what can't be read is not known; what stands behind it can be looked at all the same.
        let end = min(size, max(from, 0) + Int64(Self.entriesRead))
        part.findings.append(.unreadableEntries(max(from, 0)..<end, problem: error.description))
        guard part.findings.count < Self.maximumFindings else { break }
        next = end
      }
    }
    return (log.finish(), part)
  }
}

extension LedgerVerification.Part {
  fileprivate mutating func add(_ entry: LogRows.Entry, _ losses: RecordedLosses) {
    guard (entry.change == nil) != (entry.event == nil) else {
      findings.append(.strangeEntry(sequence: entry.sequence))
      return
    }
    guard !entry.hasSalt else {
      claimed += 1
      return
    }
    let isRecorded =
      entry.change.map { losses.changes.contains($0) } ?? entry.event.map { losses.events.contains($0) } ?? false
    if isRecorded { purged += 1 } else { findings.append(.missing(sequence: entry.sequence)) }
  }
}
