#if PostgreSQL
import ReflogStorage

/// A transaction on the server, identified by its server process and by its start time.
///
/// If the connection is cut, it can take a long time until the server notices this. Until then, the transaction locks
/// the head row, and every other transaction waits.
struct ServerTransaction {
  /// The SQL of the columns that identify the current transaction.
  ///
  /// The server returns the id of its process. Behind a connection pooler, libpq would return a different id.
  static let columns = "pg_backend_pid(), (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint"

  private let processID: Int64
  private let began: Int64

  /// Reads the transaction from a row with ``columns``.
  ///
  /// - Parameter column: The index of the first of these columns.
  init(_ row: Row, at column: Int) throws {
    processID = try row.integer(column)
    began = try row.integer(column + 1)
  }

  /// Uses another connection to end the transaction, if the server waits for the next statement of the transaction.
  ///
  /// A COMMIT that the server already received is not interrupted. This needs no special right, because each role of
  /// PostgreSQL may end its own connections.
  func end(through connection: PostgreSQLConnection) {
    connection.queue(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid = $1 AND (extract(epoch FROM xact_start) * 1000000)::bigint = $2 AND wait_event = 'ClientRead'
      """,
      [.integer(processID), .integer(began)]
    )
    // If this statement fails, the transaction ends at its time limit.
    _ = try? connection.finish()
  }
}
#endif
