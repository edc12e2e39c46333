#if PostgreSQL
package import ReflogStorage

extension PostgreSQLConnection: LedgerConnection {
  package var dialect: any Dialect { PostgreSQLDialect() }

  /// Sends a request with a statement, and waits for the answer.
  ///
  /// Statements that were queued earlier are sent in the same request.
  package func execute(_ sql: String, _ arguments: SQLArguments, kept: Bool) throws {
    try queue(sql, arguments, kept: kept)
    changedRowCount = try finish().last?.affectedRows ?? 0
    allChangedRowCount += Int64(changedRowCount)
  }

  /// Calls `body` with each row of a result when the row arrives, until `body` returns false.
  ///
  /// Statements that were queued earlier are sent in the same request. If `body` runs another statement on this
  /// connection, the connection first moves the remaining rows to memory.
  package func read(_ sql: String, _ arguments: SQLArguments, kept: Bool, _ body: (Row) throws -> Bool) throws {
    try queue(sql, arguments, kept: kept)
    let rows = RowStream(try sendQueued(isStreaming: true), of: self)
    stream = rows
    defer { rows.discardRest() }
    var next = try rows.next()
    if let first = next {
      let decoder = try RowDecoder(first)
      while let row = next, try decoder.withRow(0, of: row, body) { next = try rows.next() }
    }
    rows.discardRest()
    try rows.check()
  }

  /// Adds a statement with the placeholders `?`, `?1` or `:name` to the next request.
  ///
  /// - Parameters:
  ///   - sql: The SQL text.
  ///   - arguments: The values of the placeholders.
  ///   - kept: Whether the text with the placeholders `$n` is kept for the next call.
  package func queue(_ sql: String, _ arguments: SQLArguments, kept: Bool = true) throws(SQLError) {
    let translation = translations.translation(of: sql, kept: kept)
    queue(translation.sql, try translation.parameters(arguments))
  }
}
#endif
