import ReflogModel

extension LedgerVerification {
  /// Finds tables and indexes that are damaged or altered.
  ///
  /// The other checks read rows by their numbers. So they do not find an index that lacks a row, and a query that uses
  /// this index would not find the row. They also do not compare the freezes with the events that placed them.
  func verifyTables() async throws(LedgerError) -> [LedgerReport.Finding] {
    do {
      let altered = try await history.alteredSchemaItems()
      let damaged = try await history.reader.damagedTables()
      // A damaged index can hide rows. Then a difference between the freezes and their events shows no second damage.
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
