/// What the ledger's writer did since the server started, and what its file is like now.
package struct LedgerFigures: Sendable {
  package let commits: Int
  /// Statements on the writer's connection, those of transactions included.
  package let statements: Int
  /// The size of the write-ahead log.
  package let walBytes: Int64

  package init(commits: Int, statements: Int, walBytes: Int64) {
    self.commits = commits
    self.statements = statements
    self.walBytes = walBytes
  }
}
