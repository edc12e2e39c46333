import ReflogModel

extension LedgerVerification {
  /// Finds tables and indexes that are damaged or altered.
  ///
  /// The checks of rows read each row by its number. So these checks do not detect an index that lacks a row, although
  /// a query that uses the index would not find the row. This method detects such an index. It also compares the
  /// freezes with the events that placed the freezes.
  func verifyTables() async throws(LedgerError) -> [LedgerReport.Finding] {
    do {
      let altered = try await history.alteredSchemaItems()
      let damaged = try await history.reader.damagedTables()
      // A damaged index can hide rows. A difference between the freezes and their events would then only be a result of
      // the damage, so the freezes are not compared.
      let freezes = damaged.isEmpty ? try await history.read { db in try FreezeRows.problems(db) } : []
      return altered.map { .alteredSchema(name: $0) }
        + damaged.map { .damagedTable($0.table, problem: $0.problem.printable) }
        + freezes.map { .damagedTable($0.table, problem: $0.problem) }
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
