import GRDB
package import ReflogModel

extension History {
  /// How SQLite answers a question, in its own words, a line for each step of each of its parts: for whoever wants to know
  /// whether an index serves it.
  package func plan(of query: ChangeQuery) async throws(LedgerError) -> [String] {
    let filter = FilterSQL(query.filter)
    return try await read { db in
      let seeks = try SeekPlan(query.filter, db).seeks
      return try Self.conditions(seeks, filter, ascending: query.isAscending).flatMap { condition in
        try Row.fetchAll(
          db,
          sql: "EXPLAIN QUERY PLAN \(ChangeRows.select) \(condition)",
          arguments: StatementArguments(filter.arguments) + ["first": 1, "last": Int64.max, "limit": 100]
        ).map { $0["detail"] as String }
      }
    }
  }
}
