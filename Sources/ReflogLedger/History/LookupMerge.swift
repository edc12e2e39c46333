import ReflogModel
import ReflogStorage

/// Merges the changes that index lookups find, within one read of the ledger.
///
/// The number of SQL queries depends on the number of wanted changes, and not on the number of values. If the first
/// change with a value comes after all wanted changes in the order of the query, no change with this value is read.
struct LookupMerge {
  private let source: FilteredLookups
  private let ids: ClosedRange<Int64>
  private let isAscending: Bool
  private let limit: Int
  private let isCommon: Bool
  private let db: any LedgerConnection
  private let rows: ChangeRows

  /// Creates a merge of the changes in a range of ids.
  ///
  /// - Parameters:
  ///   - source: The lookups.
  ///   - ids: The range of ids.
  ///   - isAscending: Whether the oldest change is first.
  ///   - limit: The maximum number of changes.
  ///   - isCommon: Whether the prepared statements are kept for reuse.
  ///   - rows: The reader of the changes.
  ///   - db: The connection of the read.
  init(
    _ source: FilteredLookups,
    in ids: ClosedRange<Int64>,
    isAscending: Bool,
    limit: Int,
    isCommon: Bool,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) {
    (self.source, self.ids, self.isAscending, self.limit) = (source, ids, isAscending, limit)
    (self.isCommon, self.rows, self.db) = (isCommon, rows, db)
  }

  /// One value of a lookup, and the id of the first change with this value in the order of the query.
  private struct Candidate {
    let lookup: IndexLookup
    let value: SQLValue?
    let first: Int64
  }

  /// Returns the ids of at most `limit` changes that the lookups find, in the order of the query.
  func foundIDs() throws -> [Int64] {
    var found: [Int64] = []
    for candidate in try candidates() {
      var wanted = ids
      if found.count == limit, let last = found.last {
        guard isAscending ? candidate.first < last : candidate.first > last else { break }
        wanted = isAscending ? ids.lowerBound...last : last...ids.upperBound
      }
      let further = try rows.ids(
        source.sql(candidate.lookup, isAscending: isAscending),
        source.arguments(candidate.value, in: wanted, limit: limit),
        kept: isCommon
      )
      let all = Set(found).union(further).sorted()
      found = Array((isAscending ? all : all.reversed()).prefix(limit))
    }
    return found
  }

  /// Returns the values of the lookups, sorted by the first change with each value.
  ///
  /// If a lookup has several row numbers, the result contains only the row numbers with at least one change in the
  /// range.
  private func candidates() throws -> [Candidate] {
    var candidates: [Candidate] = []
    for lookup in source.lookups {
      guard let column = lookup.column, let values = lookup.rows, values.count > 1 else {
        // The first change with the value is not known. So it is set to the end of the range at which the query begins.
        // The value is then not skipped.
        let first = isAscending ? ids.lowerBound : ids.upperBound
        let values = lookup.values.isEmpty ? [nil] : lookup.values.map(Optional.some)
        candidates += values.map { Candidate(lookup: lookup, value: $0, first: first) }
        continue
      }
      try db.forEach(
        """
        SELECT part.value, (
          SELECT change.id FROM change WHERE change.\(column) = part.value AND change.id BETWEEN :first AND :last
          ORDER BY change.id \(isAscending ? "ASC" : "DESC") LIMIT 1
        )
        FROM (\(db.dialect.numbers(inArray: ":rows"))) AS part
        """,
        ["first": ids.lowerBound, "last": ids.upperBound, "rows": values.list]
      ) { row in
        guard let first = try row.optionalInteger(1) else { return }
        candidates.append(Candidate(lookup: lookup, value: .integer(try row.integer(0)), first: first))
      }
    }
    return candidates.sorted { isAscending ? $0.first < $1.first : $0.first > $1.first }
  }
}
