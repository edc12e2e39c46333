#if PostgreSQL
import CLibpq
import DequeModule
import ReflogStorage

/// The rows of a read, which arrive one by one.
///
/// A connection answers all statements in order. So if another statement is run before all rows were read, the
/// remaining rows are first moved to memory.
final class RowStream {
  private let connection: PostgreSQLConnection
  private var answers: PipelineAnswers
  private var buffer: Deque<PostgreSQLResult> = []

  /// Creates the stream of the last statement's rows; the request is already sent.
  init(_ answers: PipelineAnswers, of connection: PostgreSQLConnection) {
    self.answers = answers
    self.connection = connection
  }

  /// Returns a result with the next row, or nil after the last row.
  func next() throws(SQLError) -> PostgreSQLResult? {
    if let result = buffer.popFirst() { return result }
    if let result = receive() { return result }
    if let error = answers.error { throw error }
    return nil
  }

  /// Moves the rows that were not read yet to memory.
  func bufferRest() {
    connection.stream = nil
    while let result = receive() { buffer.append(result) }
  }

  /// Receives the rows that were not read yet, and drops these rows.
  func discardRest() {
    buffer.removeAll()
    while receive() != nil {}
    if connection.stream === self { connection.stream = nil }
  }

  /// Throws an error if the statement failed, or if an earlier statement of the same request failed.
  func check() throws(SQLError) {
    if let error = answers.error { throw error }
  }

  /// Returns a result with the next row from the server, or nil after the last row.
  private func receive() -> PostgreSQLResult? {
    // Results without a row are skipped: the results of the earlier statements, and the result after the last row.
    while let result = answers.next(of: connection) {
      let owner = PostgreSQLResult(result)
      if answers.isAtLastStatement, owner.count > 0 { return owner }
    }
    return nil
  }
}
#endif
