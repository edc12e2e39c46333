import ReflogModel

extension LedgerVerification {
  /// Finds tables and indexes that are damaged or altered.
  ///
  /// This check is needed because the other checks read rows by their numbers, without the other indexes. A row that is
  /// missing in an index passes these checks, but a query that uses the index would not find the row.
  func verifyTables() async throws(LedgerError) -> [LedgerReport.Finding] {
    do {
      let altered = try await history.alteredSchemaItems()
      let damaged = try await history.reader.damagedTables()
      return altered.map { .alteredSchema(name: $0) }
        + damaged.map { .damagedTable($0.table, problem: $0.problem.printable) }
    } catch {
      throw LedgerError(error)
    }
  }
}

extension History {
  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  package func alteredSchemaItems() async throws(LedgerError) -> [String] {
    do { return try await reader.alteredSchemaItems().map(\.printable) } catch { throw LedgerError(error) }
  }
}
