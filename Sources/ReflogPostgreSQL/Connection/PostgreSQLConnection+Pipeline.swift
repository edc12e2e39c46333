#if PostgreSQL
import CLibpq
import Glibc
package import ReflogStorage

extension PostgreSQLConnection {
  /// Adds a statement to the next request.
  ///
  /// If the statement can't be added, later statements are not added either, and ``finish()`` throws the reason.
  ///
  /// - Parameters:
  ///   - sql: One statement with the placeholders `$1`, `$2`, and so on.
  ///   - parameters: The values of the placeholders.
  package func queue(_ sql: String, _ parameters: [Parameter] = []) {
    stream?.bufferRest()
    guard !isLost, failure == nil else { return }
    let isQueued = encoder.withEncoded(parameters) { count, types, values, lengths, formats in
      PQsendQueryParams(server, sql, count, types, values, lengths, formats, 1)
    }
    guard isQueued == 1 else {
      failure = SQLError(code: .misuse, message: SQLError.lastMessage(of: server))
      return
    }
    statementCount += 1
    queuedCount += 1
  }

  /// Sends as many queued statements as the network accepts, without waiting for the answers.
  ///
  /// The server runs these statements while the caller continues. An error is reported by ``finish()``.
  func send() { PQflush(server) }

  /// Sends the queued statements and waits for the answers.
  ///
  /// - Returns: The result of each statement, in the order of the statements.
  /// - Throws: The error of the first statement that failed. The server did not run the statements after that
  ///   statement. If ``isLost`` is true, it is unknown which statements the server ran.
  package func finish() throws(SQLError) -> [PostgreSQLResult] {
    var answers = try sendQueued(isStreaming: false)
    var results: [PostgreSQLResult] = []
    while let result = answers.next(of: self) { results.append(PostgreSQLResult(result)) }
    if let error = answers.error { throw error }
    return results
  }

  /// Sends the queued statements, and returns the reader of the answers.
  ///
  /// - Parameter isStreaming: Whether each row of the last statement is a separate result.
  func sendQueued(isStreaming: Bool) throws(SQLError) -> PipelineAnswers {
    stream?.bufferRest()
    guard !isLost else { throw Self.lost("the connection to the server is lost") }
    let failure = self.failure
    let count = queuedCount
    self.failure = nil
    queuedCount = 0
    notices.beginRequest()
    guard count > 0 else {
      if let failure { throw failure }
      return PipelineAnswers(count: 0, isStreaming: false)
    }
    guard PQpipelineSync(server) == 1 else {
      isLost = true
      throw Self.lost(SQLError.lastMessage(of: server))
    }
    var answers = PipelineAnswers(count: count, isStreaming: isStreaming && failure == nil)
    answers.error = failure
    return answers
  }

  /// Waits until libpq has the next result.
  ///
  /// - Returns: False if the server did not answer in time. After an error of the network, the result is true, and the
  ///   next result contains the error.
  func waitForResult() -> Bool {
    while PQisBusy(server) == 1 {
      let hasUnsentBytes = PQflush(server) == 1
      let events = Int16(POLLIN) | (hasUnsentBytes ? Int16(POLLOUT) : 0)
      var descriptor = pollfd(fd: PQsocket(server), events: events, revents: 0)
      guard descriptor.fd >= 0 else { return true }
      let milliseconds = timeout.components.seconds * 1000 + timeout.components.attoseconds / 1_000_000_000_000_000
      let count = poll(&descriptor, 1, Int32(clamping: max(milliseconds, 1)))
      if count == 0 { return false }
      if count < 0 {
        guard errno == EINTR else { return true }
        continue
      }
      if descriptor.revents & ~Int16(POLLOUT) != 0, PQconsumeInput(server) == 0 { return true }
    }
    return true
  }

  /// Returns the error of a connection that is lost.
  static func lost(_ message: String) -> SQLError { SQLError(code: .transient, message: message) }
}

/// Reads the answers to one request, in the order of the statements.
struct PipelineAnswers {
  /// The error of the first statement that failed, or nil if no statement has failed.
  var error: SQLError?
  private let count: Int
  private let isStreaming: Bool
  private var statement = 0
  private var isComplete: Bool
  private var endedStatement = false

  /// Creates the reader of the answers to a request that has `count` statements.
  init(count: Int, isStreaming: Bool) {
    self.count = count
    self.isStreaming = isStreaming
    isComplete = count == 0
  }

  /// Whether the next result belongs to the last statement.
  var isAtLastStatement: Bool { statement == count - 1 }

  /// Returns the next result, or nil after the last result; the caller must free the result with `PQclear`.
  ///
  /// An error of a statement is stored in ``error``.
  mutating func next(of connection: PostgreSQLConnection) -> OpaquePointer? {
    while !isComplete {
      if isStreaming, isAtLastStatement { PQsetSingleRowMode(connection.server) }
      guard connection.waitForResult() else {
        let seconds = connection.timeout.components.seconds
        lose(connection, "the server did not answer within \(seconds) seconds")
        return nil
      }
      guard let result = PQgetResult(connection.server) else {
        // libpq returns nil once after each statement. A second nil in a row means that the connection is lost.
        if endedStatement || PQstatus(connection.server) == CONNECTION_BAD {
          lose(connection, SQLError.lastMessage(of: connection.server))
        }
        endedStatement = true
        statement += 1
        continue
      }
      endedStatement = false
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY: return result
      case PGRES_PIPELINE_SYNC: isComplete = true
      case PGRES_PIPELINE_ABORTED: break
      default: error = error ?? SQLError(result)
      }
      PQclear(result)
    }
    return nil
  }

  private mutating func lose(_ connection: PostgreSQLConnection, _ message: String) {
    isComplete = true
    connection.isLost = true
    // The server may have sent an error before the end of the connection. That error contains the reason.
    error = PostgreSQLConnection.lost(error?.message ?? message)
  }
}
#endif
