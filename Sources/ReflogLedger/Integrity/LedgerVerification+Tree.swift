import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// The number of entries that one short read adds to the tree.
  static let entriesRead = 16_384

  /// Adds the entries in a range to the tree, and counts the purged entries.
  ///
  /// ``Part/claimed`` counts the entries that were not purged and have a sequence number lower than `size`.
  func verifyTree(
    _ log: LogVerification,
    of range: Range<Int64>,
    countedBelow size: Int64,
    _ deletions: RecordedDeletions,
    _ progress: @Sendable (Int) -> Void
  ) async throws(LedgerError) -> (log: LogVerification, part: Part) {
    var (log, part, next) = (log, Part(), range.lowerBound)
    while next < range.upperBound {
      let from = next
      do {
        let entries = try await history.read { db in
          try LogRows.entries(from..<range.upperBound, limit: Self.entriesRead, db)
        }
        var subtrees: [Subtree] = []
        for entry in entries {
          log.append(entry.hash, at: entry.sequence) { node, hash in
            guard node.level > 0, node.level.isMultiple(of: Tile.height) else { return }
            subtrees.append(Subtree(level: Int64(node.level / Tile.height), position: node.index, hash: hash))
          }
          part.add(entry, deletions, countedBelow: size)
        }
        progress(entries.count)
        for subtree in try await strange(subtrees) {
          part.report(.strangeSubtree(level: subtree.level, position: subtree.position))
        }
        // The loop ends after a read that reached the end of the range. If the entries are in a wrong order, the first
        // entry of the next read is unknown, so the loop also ends. `log` has already reported these entries.
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

  /// A complete subtree over 256 nodes of the next lower level, with the hash that was computed from the entries.
  private struct Subtree: Sendable {
    let level: Int64
    let position: Int64
    let hash: Hash
  }

  /// Returns the subtrees whose stored hash is missing or differs from the computed hash.
  private func strange(_ subtrees: [Subtree]) async throws(LedgerError) -> [Subtree] {
    guard !subtrees.isEmpty else { return [] }
    return try await history.read { db in
      try subtrees.filter { subtree in
        let stored = try LogRows.subtrees(
          level: Int(subtree.level),
          subtree.position..<subtree.position + 1,
          db
        )
        return stored != [subtree.hash]
      }
    }
  }

  /// Finds stored hashes whose subtree is not complete yet, or has a level or a position that can't exist.
  func foreignSubtrees() async throws(LedgerError) -> [LedgerReport.Finding] {
    try await history.read { db in
      try db.rows(
        """
        SELECT level, position FROM subtree
        WHERE position < 0 OR level NOT BETWEEN 1 AND 7 OR position >= (SELECT next_sequence FROM head)
          >> CAST(CASE WHEN level BETWEEN 1 AND 7 THEN level * \(Tile.height) ELSE 0 END AS integer)
        ORDER BY level, position LIMIT ?
        """,
        [Self.maximumFindings]
      ) { .strangeSubtree(level: try $0.integer(0), position: try $0.integer(1)) }
    }
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
