#if PostgreSQL
import CLibpq
import DequeModule
import ReflogStorage

/// The rows of a read that arrive one by one.
///
/// A statement that is run while the rows are read first moves the remaining rows to memory, because a connection
/// answers all statements in order.
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

  /// Moves the rows that have not been read to memory.
  func bufferRest() {
    connection.stream = nil
    while let result = receive() { buffer.append(result) }
  }

  /// Receives the rows that have not been read, and discards them.
  func discardRest() {
    buffer.removeAll()
    while receive() != nil {}
    if connection.stream === self { connection.stream = nil }
  }

  /// Throws if the statement, or a statement in front of it, failed.
  func check() throws(SQLError) {
    if let error = answers.error { throw error }
  }

  /// Returns a result with the next row from the server, or nil after the last row.
  private func receive() -> PostgreSQLResult? {
    // The results of the earlier statements, and the result after the last row, contain no row to read.
    while let result = answers.next(of: connection) {
      let owner = PostgreSQLResult(result)
      if answers.isAtLastStatement, owner.count > 0 { return owner }
    }
    return nil
  }
}
#endif
