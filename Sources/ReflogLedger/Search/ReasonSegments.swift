import ReflogModel
import ReflogStorage

/// The segments of the index of reasons: each segment is a separate table for a range of change ids.
///
/// A purge or an erasure drops only the tables that contain deleted reasons, and only these tables are built again.
struct ReasonSegments: Sendable {
  /// The number of change ids in the range of each segment.
  private let size: Int64
  /// The newest change in the table of each segment that has a table.
  ///
  /// The table contains all changes from the start of the segment's range up to this change.
  private let newest: [Int64: Int64]
  /// The ids of all changes in the index.
  private let indexed: IDRanges

  /// Reads the segments of an index.
  init(_ db: Connection, size: Int64) throws {
    self.size = size
    let rows = try db.rows("SELECT number, through FROM segment ORDER BY number") { row in
      (number: try row.integer(0), newest: try row.integer(1))
    }
    newest = Dictionary(rows.map { ($0.number, $0.newest) }, uniquingKeysWith: max)
    indexed = IDRanges(
      ranges: rows.compactMap { row in
        let first = Self.ids(row.number, size).lowerBound
        return first <= row.newest ? first...row.newest : nil
      }
    )
  }

  /// Returns the name of the table of a segment.
  static func table(_ number: Int64) -> String { "reason\(number)" }

  /// Returns the number of the segment to which a change belongs.
  func number(of change: Int64) -> Int64 { (change - 1) / size }

  private static func ids(_ number: Int64, _ size: Int64) -> ClosedRange<Int64> {
    (number * size + 1)...((number + 1) * size)
  }

  /// Returns the numbers of the segments that have a table and whose ranges contain one of these changes.
  func numbers(with changes: IDRanges) -> [Int64] {
    newest.keys.filter { number in
      let ids = Self.ids(number, size)
      return changes.gaps(in: ids) != [ids]
    }
    .sorted()
  }

  /// Returns the ids that are not in the index, for each segment separately, beginning with the newest segment.
  ///
  /// - Parameter last: The newest change in the ledger.
  func missing(through last: Int64) -> [ClosedRange<Int64>] {
    stride(from: number(of: last), through: 0, by: -1).compactMap { number in
      let ids = Self.ids(number, size)
      let (first, last) = (max(ids.lowerBound, (newest[number] ?? 0) + 1), min(ids.upperBound, last))
      return first <= last ? first...last : nil
    }
  }

  /// Returns the first ids of a search: either all of these ids are in the index, or none of them.
  ///
  /// - Parameters:
  ///   - ids: The ids that the search still has to examine.
  ///   - isAscending: Whether the search begins with the lowest id.
  func part(of ids: ClosedRange<Int64>, isAscending: Bool) -> (ids: ClosedRange<Int64>, isIndexed: Bool) {
    let start = isAscending ? ids.lowerBound : ids.upperBound
    if let range = indexed.ranges.first(where: { $0.contains(start) }) { return (range.clamped(to: ids), true) }
    let gap = indexed.gaps(in: ids).first { $0.contains(start) } ?? ids
    return (gap, false)
  }

  /// Divides a range of ids into one part for each segment, and returns the parts in the order of a search.
  func pieces(of ids: ClosedRange<Int64>, isAscending: Bool) -> [(number: Int64, ids: ClosedRange<Int64>)] {
    let pieces = (number(of: ids.lowerBound)...number(of: ids.upperBound)).map { number in
      (number: number, ids: Self.ids(number, size).clamped(to: ids))
    }
    return isAscending ? pieces : pieces.reversed()
  }
}
