/// Numbers for the metrics of a ledger: commits, SQL statements, overrides, and the size of the WAL.
package struct LedgerFigures: Sendable {
  /// The number of commits since the server started.
  package let commits: Int
  /// The number of SQL statements that the writer thread ran since the server started.
  ///
  /// The number includes the statements that begin or end a transaction.
  package let statements: Int
  /// The number of requests that overrode a freeze since the server started.
  package let overrides: Int
  /// The size of the WAL in bytes.
  package let walBytes: Int64

  /// Creates figures.
  package init(commits: Int, statements: Int, overrides: Int, walBytes: Int64) {
    self.commits = commits
    self.statements = statements
    self.overrides = overrides
    self.walBytes = walBytes
  }
}
