import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// Finds tables and indexes that are damaged or altered.
  ///
  /// The checks of rows read each row by its number, so they do not detect an index that lacks a row. A query that uses
  /// such an index would not find the row. This method detects such an index. It also compares tables with the service
  /// events: the freezes, the retention policy, the legal holds, the purges and the erasures.
  func verifyTables() async throws(LedgerError) -> [LedgerReport.Finding] {
    do {
      let altered = try await history.alteredSchemaItems()
      let damaged = try await history.reader.damagedTables()
      // A damaged index can hide rows and so cause differences between a table and its events. So the tables are
      // compared only if no damage was found.
      let different = damaged.isEmpty ? try await history.read { db in try Self.differences(db) } : []
      return altered.map { .alteredSchema(name: $0) }
        + damaged.map { .damagedTable($0.table, problem: $0.problem.printable) }
        + different.map { .damagedTable($0.table, problem: $0.problem) }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Compares tables with the service events that must contain the same values, and returns the differences.
  ///
  /// No hash covers these tables.
  private static func differences(_ db: any LedgerConnection) throws -> [(table: String, problem: String)] {
    do { return try FreezeRows.problems(db) + RetentionRecord.problems(db) } catch LedgerError.corrupt {
      // An event can't be read, so the tables can't be compared. The result is empty, because the verification of the
      // events reports the unreadable event.
      return []
    }
  }
}

extension History {
  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  package func alteredSchemaItems() async throws(LedgerError) -> [String] {
    do { return try await reader.alteredSchemaItems().map(\.printable) } catch { throw LedgerError(error) }
  }
}
