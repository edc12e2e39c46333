/// What the ledger's writer has done since the server started, and the size of its WAL.
package struct LedgerFigures: Sendable {
  /// The number of commits.
  package let commits: Int
  /// The number of statements on the writer's connection, including those that begin and end transactions.
  package let statements: Int
  /// The size of the WAL in bytes.
  package let walBytes: Int64

  /// Creates figures.
  package init(commits: Int, statements: Int, walBytes: Int64) {
    self.commits = commits
    self.statements = statements
    self.walBytes = walBytes
  }
}
