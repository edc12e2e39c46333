import ReflogStorage

/// A condition on the table `change` for which an index returns the changes in the order of their ids.
struct IndexLookup: Sendable {
  /// The kind of a lookup; the kinds that usually find the fewest changes are first.
  enum Selectivity: Int, Comparable {
    case request, batch, result, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let selectivity: Selectivity
  /// The indexed column whose values the lookup searches for.
  ///
  /// The value is nil if the lookup has an SQL expression or a condition in place of a column.
  let column: String?
  /// The values to search for.
  ///
  /// The array is empty if the condition of the lookup needs no value.
  let values: [SQLValue]
  /// The values as numbers of rows in another table, such as `actor`.
  ///
  /// The array is nil if the values are not row numbers.
  let rows: [Int64]?
  /// The condition in SQL.
  ///
  /// If the lookup has values, the text ends with `= `, and a placeholder is appended later.
  private let condition: String

  /// The number of values that the lookup searches for; a condition without a value counts as one value.
  var valueCount: Int { max(1, values.count) }

  /// The lookup that finds every change, for a scan.
  static let everything = IndexLookup(condition: FilterSQL.everything, selectivity: .clientApp)

  /// Creates a lookup with an SQL condition that needs no value.
  init(condition: String, selectivity: Selectivity) {
    (self.condition, column, values, rows) = (condition, nil, [], nil)
    self.selectivity = selectivity
  }

  /// Creates a lookup of the changes whose column holds this value.
  init(column: String, value: SQLValue, selectivity: Selectivity) {
    (condition, self.column, values, rows) = ("change.\(column) = ", column, [value], nil)
    self.selectivity = selectivity
  }

  /// Creates a lookup of the changes for which an SQL expression has this value.
  ///
  /// The argument `expression` may contain conditions in front of the SQL expression, each followed by `AND`.
  init(expression: String, value: SQLValue, selectivity: Selectivity) {
    (condition, column, values, rows) = (expression + " = ", nil, [value], nil)
    self.selectivity = selectivity
  }

  /// Creates a lookup of the changes whose column holds one of these row numbers.
  init(column: String, rows: [Int64], selectivity: Selectivity) {
    (condition, self.column, self.rows) = ("change.\(column) = ", column, rows)
    values = rows.map(\.sqlValue)
    self.selectivity = selectivity
  }

  /// The condition in SQL for one value. The value is the argument `:lookup`.
  var sql: String { values.isEmpty ? condition : condition + ":lookup" }

  /// Returns the condition in SQL for all values, and the arguments of the condition.
  ///
  /// - Parameter name: The first part of the names of the arguments.
  func sql(forAllBinding name: String, _ dialect: any Dialect) -> (sql: String, arguments: [String: SQLValue]) {
    if let column, let rows, rows.count > 1 {
      return ("change.\(column) IN (\(dialect.numbers(inArray: ":" + name)))", [name: rows.list])
    }
    guard !values.isEmpty else { return (condition, [:]) }
    let names = values.indices.map { "\(name)_\($0)" }
    let arguments = Dictionary(uniqueKeysWithValues: zip(names, values))
    return ("(" + names.map { condition + ":" + $0 }.joined(separator: " OR ") + ")", arguments)
  }
}

extension [IndexLookup] {
  /// The number of values that the lookups search for.
  var valueCount: Int { reduce(0) { $0 + $1.valueCount } }

  /// Combines all lookups of row numbers in the same column into one lookup, and returns the lookups.
  var merged: [IndexLookup] {
    var merged: [IndexLookup] = []
    for lookup in self {
      guard let rows = lookup.rows,
        let index = merged.firstIndex(where: { $0.rows != nil && $0.column == lookup.column })
      else {
        merged.append(lookup)
        continue
      }
      let all = Set(merged[index].rows ?? []).union(rows).sorted()
      let selectivity = Swift.max(merged[index].selectivity, lookup.selectivity)
      merged[index] = IndexLookup(column: lookup.column ?? "", rows: all, selectivity: selectivity)
    }
    return merged
  }
}

extension [Int64] {
  /// The numbers as a JSON array, for an argument of an SQL query.
  var list: SQLValue { .text("[" + map(String.init).joined(separator: ",") + "]") }
}
