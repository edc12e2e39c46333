import GRDB
import ReflogModel

extension LedgerVerification {
  /// Entries taken into the tree in one short read.
  private static let hashesRead: Int64 = 16_384

  /// Takes all entries into the tree, and tells those whose record was purged.
  func verifyTree(
    _ log: LogVerification,
    of size: Int64,
    _ losses: RecordedLosses
  ) async throws(LedgerError) -> (report: LogVerification.Report, entries: Part) {
    var (log, part, next) = (log, Part(), Int64(0))
    while next < size {
      let range = next..<min(size, next + Self.hashesRead)
      do {
        for entry in try await history.read({ db in try LogRows.entries(range, db) }) {
          log.append(entry.hash, at: entry.sequence)
          part.add(entry, losses)
        }
      } catch {
        part.findings.append(.unreadableEntries(range, problem: error.description))
      }
      next = range.upperBound
    }
    return (log.finish(), part)
  }
}

extension LedgerVerification.Part {
  fileprivate mutating func add(_ entry: LogRows.Entry, _ losses: RecordedLosses) {
    guard !entry.hasSalt else {
      claimed += 1
      return
    }
    let isRecorded =
      entry.change.map { losses.changes.contains($0) } ?? entry.event.map { losses.events.contains($0) } ?? false
    if isRecorded { purged += 1 } else { findings.append(.missing(sequence: entry.sequence)) }
  }
}
