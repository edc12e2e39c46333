#if PostgreSQL
import ReflogLedger
import ReflogStorage

/// The segments of the index of reasons, as the table `reason_index` describes them.
///
/// The index contains all changes up to an id: first the long segments, and then the short segments of newer changes.
package struct TrigramSegments: Sendable {
  /// The numbers of ids in short and long segments.
  package struct Lengths: Sendable {
    let short: Int64
    let long: Int64

    /// The lengths that a Reflog server uses.
    ///
    /// With these lengths, at most 1,023 changes of the ledger are not in the index, and a search reads them in a few
    /// milliseconds. For 10,000,000 changes, the index has about 150 long segments, and a search reads some rows of
    /// each segment.
    package static let standard = Lengths(short: 1024, long: 65_536)

    /// Creates lengths; the length of a long segment must be a multiple of the length of a short segment.
    package init(short: Int64, long: Int64) {
      (self.short, self.long) = (short, long)
    }
  }

  /// Whether the index was built with the rules of this program.
  let isUsable: Bool
  /// The index contains the changes up to this id.
  let through: Int64
  /// The long segments contain the changes up to this id.
  private let longThrough: Int64
  private let lengths: Lengths

  /// Reads the row of the table, or returns nil if the index is empty.
  init?(_ db: any LedgerConnection, _ lengths: Lengths) throws {
    let row = try db.first("SELECT letters, through, long_through FROM reason_index") { row in
      (try row.integer(0), try row.integer(1), try row.integer(2))
    }
    guard let row else { return nil }
    self.lengths = lengths
    (isUsable, through, longThrough) = (row.0 == SearchText.knownLetters, row.1, row.2)
  }

  /// Returns the ids of the segment whose first id is given.
  func ids(from first: Int64) -> ClosedRange<Int64> {
    first...(first + (first <= longThrough ? lengths.long : lengths.short) - 1)
  }

  /// The ids of the newest long segment, or of the newest short segment if there is no long segment.
  var newest: ClosedRange<Int64> {
    longThrough > 0 ? longThrough - lengths.long + 1...longThrough : through - lengths.short + 1...through
  }

  /// The highest number of ids in a segment.
  var longest: Int64 { lengths.long }

  /// Returns the ids of the next segment, and whether the segment is long.
  ///
  /// The result is nil if the ledger does not have all changes of the next segment yet.
  ///
  /// - Parameters:
  ///   - segments: The segments of the index, or nil if the index is empty.
  ///   - newest: The newest change in the ledger.
  ///   - lengths: The lengths of the segments.
  static func next(
    _ segments: TrigramSegments?,
    newest: Int64,
    _ lengths: Lengths
  ) -> (ids: ClosedRange<Int64>, isLong: Bool)? {
    let (first, firstOfLong) = ((segments?.through ?? 0) + 1, (segments?.longThrough ?? 0) + 1)
    let (last, lastOfLong) = (first + lengths.short - 1, firstOfLong + lengths.long - 1)
    if lastOfLong <= newest { return (firstOfLong...lastOfLong, true) }
    return last <= newest ? (first...last, false) : nil
  }
}

/// The next segment that the index of reasons needs.
enum NextSegment: Sendable {
  /// The index does not belong to the ledger, or was built with other rules.
  case foreign
  /// A purge or an erasure is unfinished.
  case paused
  /// The ledger does not have all changes of the next segment yet.
  case incomplete
  /// The ledger has all changes of the segment with these ids.
  case complete(ClosedRange<Int64>, isLong: Bool)

  /// Finds the next segment.
  init(_ db: any LedgerConnection, _ lengths: TrigramSegments.Lengths) throws {
    let isDeleting = try db.bool(
      """
      SELECT EXISTS (SELECT 1 FROM purge WHERE finished IS NULL)
        OR EXISTS (SELECT 1 FROM erasure WHERE finished IS NULL)
      """
    )
    let segments = try TrigramSegments(db, lengths)
    let newest = try db.integer("SELECT max(id) FROM change") ?? 0
    if isDeleting {
      self = .paused
    } else if let segments, !segments.isUsable || segments.through > newest {
      self = .foreign
    } else if let next = TrigramSegments.next(segments, newest: newest, lengths) {
      self = .complete(next.ids, isLong: next.isLong)
    } else {
      self = .incomplete
    }
  }
}
#endif
