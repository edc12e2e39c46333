import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// The number of entries that one short read adds to the tree.
  static let entriesRead = 16_384

  /// Adds the entries in a range to the tree, and counts the purged entries.
  ///
  /// Entries that were not purged and have a sequence number below `size` are counted in ``Part/claimed``.
  func verifyTree(
    _ log: LogVerification,
    of range: Range<Int64>,
    countedBelow size: Int64,
    _ deletions: RecordedDeletions
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
          part.add(entry, deletions, countedBelow: size)
        }
        // The loop ends after a read that reached the end of the range. In a damaged file, entries can also be in a
        // wrong order. `log` reports such entries. The loop ends in this case too, because it is unknown with which
        // entry the next read must begin.
        guard entries.count == Self.entriesRead, let last = entries.last, last.sequence >= next else { break }
        next = last.sequence + 1
      } catch {
        // It is unknown which entry can't be read, so the whole range of this read is reported. The entries after this
        // range are still checked.
        let end = min(range.upperBound, max(from, 0) + Int64(Self.entriesRead))
        part.report(.unreadableEntries(max(from, 0)..<end, problem: error.problem))
        guard part.findings.count < Self.maximumFindings, end > from else { break }
        next = end
      }
    }
    return (log, part)
  }
}

extension LedgerVerification.Part {
  /// Counts an entry, or reports the entry if the entry is not valid.
  fileprivate mutating func add(_ entry: LogRows.Entry, _ deletions: RecordedDeletions, countedBelow size: Int64) {
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
    if deletions.cover(entry) { purged += 1 } else { unexplained.add(entry) }
  }
}
