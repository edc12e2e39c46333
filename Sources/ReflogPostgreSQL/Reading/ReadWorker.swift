#if PostgreSQL
import CStorage
import Foundation
import ReflogStorage

/// The work of one reading thread, which owns one connection.
final class ReadWorker {
  private let address: String
  private let limits: ReadLimits
  private var connection: PostgreSQLConnection?

  private init(_ address: String, _ limits: ReadLimits) {
    self.address = address
    self.limits = limits
  }

  /// Starts a thread that runs reads until the queue is closed.
  static func start(_ address: String, _ limits: ReadLimits, _ queue: ReadQueue) {
    Thread.detachNewThread {
      // On Linux, a new thread inherits the name of the thread that created it, so this thread sets its own name.
      storage_name_thread("reader")
      let worker = ReadWorker(address, limits)
      while let read = queue.next() { read.run(worker) }
    }
  }

  /// Runs a read in a transaction, and passes the result of the read to `completion`.
  ///
  /// If the connection is lost during the read, the read is run once more on a new connection.
  func read<Value>(
    _ body: (PostgreSQLConnection) throws -> Value,
    _ completion: (Result<Value, any Error>) -> Void
  ) {
    do {
      var value: Value
      do { value = try readOnce(body) } catch {
        guard connection?.isLost == true else { throw error }
        value = try readOnce(body)
      }
      // The value is complete and the transaction wrote no data, so the caller gets the value before COMMIT.
      completion(.success(value))
    } catch {
      completion(.failure(error))
    }
    endTransaction()
  }

  /// Runs a read in a new transaction, and leaves the transaction open.
  private func readOnce<Value>(_ body: (PostgreSQLConnection) throws -> Value) throws -> Value {
    let connection = try openConnection()
    // These statements are sent together with the first statement of `body`.
    connection.queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.queue(limits.settings)
    return try body(connection)
  }

  /// Returns the open connection, or opens a new connection if no connection is open.
  private func openConnection() throws -> PostgreSQLConnection {
    if let connection, !connection.isLost { return connection }
    connection = nil
    // PostgreSQL ends a statement at its time limit. So if no answer arrives for a longer time, the network has an
    // error.
    let opened = try PostgreSQLConnection(address, timeout: limits.statement + .seconds(10))
    connection = opened
    return opened
  }

  private func endTransaction() {
    guard let connection, !connection.isLost else { return }
    connection.queue("COMMIT")
    // If a statement failed, COMMIT rolls the transaction back. COMMIT itself fails only if the connection is lost.
    // Then the next read opens a new connection.
    do { _ = try connection.finish() } catch { self.connection = nil }
  }
}
#endif
