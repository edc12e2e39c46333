#if PostgreSQL
import ReflogLedger
import ReflogStorage

/// A search in the table `reason_trigram` for the changes whose reasons contain all of several trigrams.
struct TrigramSearch {
  /// The trigrams that the search reads, the rarest first.
  private let trigrams: [Int64]
  private let segments: TrigramSegments
  private let isAscending: Bool

  /// The maximum number of trigrams that the search reads.
  ///
  /// For each trigram, the search reads one more list in each segment. Five trigrams are enough, because a reason that
  /// does not contain the text rarely contains the five rarest trigrams of the text.
  private static let maximumTrigrams = 5

  /// Chooses the trigrams that the search reads.
  ///
  /// The newest long segment shows which trigrams are rare. If nearly all reasons contain a trigram, it is not useful,
  /// because it excludes almost no change.
  ///
  /// - Parameters:
  ///   - all: The trigrams that the reason of a found change must contain; at least one.
  ///   - segments: The segments of the index.
  ///   - isAscending: Whether the search begins with the lowest id.
  ///   - db: The connection of the read.
  init(
    for all: Set<Int64>,
    in segments: TrigramSegments,
    isAscending: Bool,
    _ db: any LedgerConnection
  ) throws {
    let newest = segments.newest
    let sizes = try db.rows(
      """
      SELECT trigram, octet_length(changes) FROM reason_trigram
      WHERE trigram IN (\(db.dialect.numbers(inArray: "?"))) AND segment = ?
      """,
      ["[" + all.map(String.init).joined(separator: ",") + "]", newest.lowerBound]
    ) { row in (try row.integer(0), try row.integer(1)) }
    let known = Dictionary(uniqueKeysWithValues: sizes)
    let sorted = all.map { (trigram: $0, size: known[$0] ?? 0) }
      .sorted { ($0.size, $0.trigram) < ($1.size, $1.trigram) }
    let rare = sorted.filter { $0.size < Int64(newest.count) / 8 * 7 }
    trigrams = (rare.isEmpty ? sorted.prefix(1) : rare.prefix(Self.maximumTrigrams)).map(\.trigram)
    (self.segments, self.isAscending) = (segments, isAscending)
  }

  /// The number of segments in the first read, and the maximum number of segments in a later read.
  ///
  /// If the text is frequent, one or two segments are enough. Each read contains more segments than the previous read.
  private static let counts = (first: 2, last: 32)
  /// The factor by which the number of segments grows from one read to the next read, up to the maximum.
  private static let growth = 4

  /// Returns the first ids of a range, and the changes with these ids whose reasons contain all trigrams.
  ///
  /// - Parameters:
  ///   - ids: The range of ids; the index contains all its changes.
  ///   - limit: The maximum number of changes.
  ///   - db: The connection of the read.
  func part(of ids: ClosedRange<Int64>, limit: Int, _ db: any LedgerConnection) throws -> ReasonIndex.Part {
    var candidates: [Int64] = []
    // The range of the first ids of all segments that are still to be read. The range begins with a lower id than
    // `ids`, because a segment with a lower first id can contain the lowest of these ids.
    var (first, last) = (ids.lowerBound - segments.longest + 1, ids.upperBound)
    var (count, isEnd) = (Self.counts.first, false)
    while !isEnd, first <= last {
      let found = try read(from: first, through: last, limit: count, db)
      for segment in found {
        candidates += segment.changes.filter(ids.contains)
        if candidates.count >= limit {
          let end = candidates[limit - 1]
          return ReasonIndex.Part(
            ids: isAscending ? ids.lowerBound...end : end...ids.upperBound,
            candidates: Array(candidates.prefix(limit))
          )
        }
      }
      isEnd = found.count < count
      if let next = found.last?.first { if isAscending { first = next + 1 } else { last = next - 1 } }
      count = min(count * Self.growth, Self.counts.last)
    }
    return ReasonIndex.Part(ids: ids, candidates: candidates)
  }

  /// Returns the next segments in which every trigram occurs, in the order of the search.
  ///
  /// The result contains the first id of each segment, and the changes in the segment whose reasons contain all
  /// trigrams.
  private func read(
    from first: Int64,
    through last: Int64,
    limit: Int,
    _ db: any LedgerConnection
  ) throws -> [(first: Int64, changes: [Int64])] {
    let range: SQLArguments = ["first": first, "last": last, "limit": limit]
    let values = trigrams.enumerated().map { ("trigram\($0.offset)", SQLValue.integer($0.element)) }
    return try db.rows(sql, range + SQLArguments(Dictionary(uniqueKeysWithValues: values))) { row in
      let segment = try row.integer(0)
      let ids = segments.ids(from: segment)
      var changes = try ChangeList.ids(try row.blob(1), in: ids)
      for column in trigrams.indices.dropFirst() where !changes.isEmpty {
        changes = Self.common(changes, try ChangeList.ids(try row.blob(column + 1), in: ids))
      }
      return (segment, isAscending ? changes : changes.reversed())
    }
  }

  /// The SQL that reads the segments.
  ///
  /// PostgreSQL does not merge a table expression with `LIMIT` into the rest of the query. So, for each segment, the
  /// lists of the other trigrams are read by key.
  private var sql: String {
    let columns = trigrams.indices.map { "list\($0).changes" }
    let others = trigrams.indices.dropFirst().map { index in
      """
      CROSS JOIN LATERAL (
        SELECT changes FROM reason_trigram WHERE trigram = :trigram\(index) AND segment = list0.segment LIMIT 1
      ) AS list\(index)
      """
    }
    return """
      SELECT list0.segment, \(columns.joined(separator: ", "))
      FROM reason_trigram AS list0 \(others.joined(separator: " "))
      WHERE list0.trigram = :trigram0 AND list0.segment BETWEEN :first AND :last
      ORDER BY list0.segment \(isAscending ? "ASC" : "DESC") LIMIT :limit
      """
  }

  /// Returns the ids that are in both lists; the lists are in ascending order.
  private static func common(_ left: [Int64], _ right: [Int64]) -> [Int64] {
    var (common, position) = ([Int64](), 0)
    for id in left {
      while position < right.count, right[position] < id { position += 1 }
      guard position < right.count else { break }
      if right[position] == id { common.append(id) }
    }
    return common
  }
}
#endif
