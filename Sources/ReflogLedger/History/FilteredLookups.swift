import ReflogModel
import ReflogStorage

/// Index lookups, together with an additional condition.
///
/// A change belongs to the result if a lookup finds the change and the change fulfils the additional condition.
struct FilteredLookups: Sendable {
  let lookups: [IndexLookup]
  /// The additional condition in SQL, or nil if every change that the lookups find belongs to the result.
  private let condition: String?
  /// The arguments of the additional condition.
  private let arguments: [String: SQLValue]

  /// Creates lookups; if `condition` is nil, the lookups have no additional condition.
  init(_ lookups: [IndexLookup], condition: String? = nil, arguments: [String: SQLValue] = [:]) {
    (self.lookups, self.condition, self.arguments) = (lookups, condition, arguments)
  }

  /// Returns the SQL that follows ``ChangeRows/select`` for one value of a lookup.
  ///
  /// The SQL selects at most `:limit` changes with ids from `:first` to `:last`, in the order of their ids.
  func sql(_ lookup: IndexLookup, isAscending: Bool) -> String {
    """
    WHERE \(lookup.sql) AND change.id BETWEEN :first AND :last AND \(condition ?? FilterSQL.everything)
    ORDER BY change.id \(isAscending ? "ASC" : "DESC") LIMIT :limit
    """
  }

  /// Returns the arguments of ``sql(_:isAscending:)``.
  ///
  /// - Parameters:
  ///   - value: The value of the lookup, or nil if the lookup has no value.
  ///   - ids: The range of ids.
  ///   - limit: The maximum number of changes.
  func arguments(_ value: SQLValue?, in ids: ClosedRange<Int64>, limit: Int) -> SQLArguments {
    let range: SQLArguments = ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit]
    return SQLArguments(arguments) + range + SQLArguments(value.map { ["lookup": $0] } ?? [:])
  }

  /// Returns SQL queries and the arguments of the queries.
  ///
  /// Together, the queries select the ids of all changes from `:first` to `:last` that belong to the result.
  ///
  /// - Parameters:
  ///   - name: The first part of the names of the arguments for the values of the lookups.
  ///   - dialect: The SQL of the database.
  func all(binding name: String, _ dialect: any Dialect) -> (queries: [String], arguments: SQLArguments) {
    guard !lookups.isEmpty else { return ([], [:]) }
    var all: (queries: [String], arguments: SQLArguments) = ([], SQLArguments(arguments))
    for (index, lookup) in lookups.enumerated() {
      let (sql, values) = lookup.sql(forAllBinding: "\(name)\(index)", dialect)
      let range = "\(sql) AND change.id BETWEEN :first AND :last"
      all.queries.append(
        condition.map { "SELECT change.id FROM \(ChangeRows.tables) WHERE \(range) AND \($0)" }
          ?? "SELECT change.id FROM change WHERE \(range)"
      )
      all.arguments = all.arguments + SQLArguments(values)
    }
    return all
  }
}
