import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// Entries taken into the tree in one short read.
  static let entriesRead = 16_384

  /// Takes the entries of a range into the tree, and counts those whose record was purged. Those below `size` are counted as claimed.
  func verifyTree(
    _ log: LogVerification,
    of range: Range<Int64>,
    countedBelow size: Int64,
    _ losses: RecordedDeletions
  ) async throws(LedgerError) -> (log: LogVerification, part: Part) {
    var (log, part, next) = (log, Part(), range.lowerBound)
    while next < range.upperBound {
      let from = next
      do {
        let entries = try await history.read { db in
          try LogRows.entries(from..<range.upperBound, limit: Self.entriesRead, db)
        }
        for entry in entries {
          log.append(entry.hash, at: entry.sequence)
          part.add(entry, losses, countedBelow: size)
        }
        // Entries that are out of order are a finding, and no place to go on from.
        guard entries.count == Self.entriesRead, let last = entries.last, last.sequence >= next else { break }
        next = last.sequence + 1
      } catch {
        // Which entry can't be read is not known; those behind it are read all the same.
        let end = min(range.upperBound, max(from, 0) + Int64(Self.entriesRead))
        part.report(.unreadableEntries(max(from, 0)..<end, problem: error.description))
        guard part.findings.count < Self.maximumFindings, end > from else { break }
        next = end
      }
    }
    return (log, part)
  }
}

extension LedgerVerification.Part {
  fileprivate mutating func add(_ entry: LogRows.Entry, _ losses: RecordedDeletions, countedBelow size: Int64) {
    guard (entry.change == nil) != (entry.event == nil) else {
      report(.strangeEntry(sequence: entry.sequence))
      return
    }
    guard !entry.hasSalt else {
      if entry.sequence < size { claimed += 1 }
      return
    }
    guard entry.change ?? entry.event == 0 else {
      report(.strangeEntry(sequence: entry.sequence))
      return
    }
    if losses.cover(entry) { purged += 1 } else { suspects.add(entry) }
  }
}
