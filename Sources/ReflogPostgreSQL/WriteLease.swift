#if PostgreSQL
import Glibc
import ReflogLedger
import ReflogStorage
import Synchronization

/// The right of this process to write a ledger: the row of the table `service_process`.
///
/// The process renews the row. A process that finds the row of another process stops writing. The row is replaced only
/// under the lock of the head row, and each transaction that appends reads the row under the same lock. So no process
/// appends after another process has taken the right.
final class WriteLease: Sendable {
  /// The time, in microseconds, after which a row that was not renewed can be replaced.
  static let duration: Int64 = 10_000_000
  /// The time between two renewals.
  private static let renewalPause = Duration.seconds(3)

  /// A random number that identifies this process in the row.
  let holder = Int64.random(in: 1...Int64.max)
  /// The time at which the next renewal of the row is due.
  private let due = Mutex(ContinuousClock.now + renewalPause)

  /// Returns whether the row must be renewed.
  ///
  /// If the result is true, the caller must renew the row now.
  func takeRenewal() -> Bool {
    let now = ContinuousClock.now
    return due.withLock { due in
      guard due <= now else { return false }
      due = now + Self.renewalPause
      return true
    }
  }

  /// The statement that renews the row; its parameter is ``holder``.
  static let renewal = """
    UPDATE service_process SET expires = \(now) + \(duration) WHERE id = 1 AND holder = $1
    """

  /// The clock of the database in microseconds since 1970.
  private static let now = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

  /// Renews the row in a transaction for which no request waits.
  ///
  /// The transaction need not be durable, because without the renewal, the row only expires earlier.
  func renew(_ connection: PostgreSQLConnection) throws(SQLError) {
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.queue("SET LOCAL synchronous_commit = off")
    connection.queue("SET LOCAL lock_timeout = '1s'")
    connection.queue("SET LOCAL statement_timeout = '3s'")
    connection.queue(Self.renewal, [.integer(holder)])
    connection.queue("COMMIT")
    do { _ = try connection.finish() } catch {
      connection.queue("ROLLBACK")
      // An error of the rollback is ignored, so that the caller gets the original error.
      _ = try? connection.finish()
      throw error
    }
  }

  /// Deletes the row, so that the next process does not have to wait.
  func release(_ connection: PostgreSQLConnection) throws(SQLError) {
    connection.queue("DELETE FROM service_process WHERE id = 1 AND holder = $1", [.integer(holder)])
    _ = try connection.finish()
  }

  /// Returns the error of a process that lost its right to write.
  static func lost(to other: ServiceProcess?, database: String) -> LedgerError {
    let other = other.map { "\($0) uses \(database)" } ?? "another process used \(database)"
    return .unavailable("\(other), so this process records no more changes. Stop one of the two processes")
  }
}

extension WriteLease {
  /// Takes the right to write a ledger, and waits if the process that had the right has probably ended.
  ///
  /// - Parameters:
  ///   - connection: A connection without a transaction.
  ///   - database: The address of the database, for messages.
  ///   - say: Called with a message before the method waits.
  /// - Throws: ``StorageError`` if another process uses the ledger.
  static func take(
    _ connection: PostgreSQLConnection,
    of database: String,
    _ say: (String) -> Void
  ) throws -> WriteLease {
    let (lease, end) = (WriteLease(), ContinuousClock.now + .microseconds(duration) + renewalPause)
    var first: ServiceProcess?
    while let other = try lease.replace(connection, unrenewed: ContinuousClock.now < end ? nil : first) {
      // If the row was renewed, its process is running.
      let isRenewed = first.map { $0.holder != other.holder || $0.expires != other.expires } ?? false
      guard !isRenewed else {
        throw StorageError.unusable(
          path: database,
          problem: "\(other) uses it. Only one process may write a ledger, so stop that process first"
        )
      }
      if first == nil {
        say(
          "\(other) may still use \(database). Reflog waits for up to \(duration / 1_000_000) s to find out whether "
            + "that process has ended."
        )
      }
      first = other
      usleep(pollPause)
    }
    return lease
  }

  /// The pause, in microseconds, between two reads of another process's row.
  private static let pollPause: UInt32 = 200_000

  /// Writes the row of this process, or returns the process that has the right to write.
  ///
  /// - Parameters:
  ///   - connection: A connection without a transaction.
  ///   - unrenewed: The row of a process that has not renewed it for longer than ``duration``, by the clock of this
  ///     machine. This row is replaced even if it has not expired by the clock of the database, because that clock was
  ///     possibly set back. The value is nil while it is possible that the process renews its row.
  private func replace(_ connection: PostgreSQLConnection, unrenewed: ServiceProcess?) throws -> ServiceProcess? {
    func hasEnded(_ other: ServiceProcess) -> Bool {
      other.hasEnded || (other.holder == unrenewed?.holder && other.expires == unrenewed?.expires)
    }
    // The row is first read without a lock, so that the wait does not delay the changes of the other process.
    if let other = try ServiceProcess.found(connection), !hasEnded(other) { return other }
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.queue(PostgreSQLTimeouts.standard.settings)
    do {
      try connection.execute("SELECT id FROM head WHERE id = 1 FOR UPDATE", [], kept: false)
      // The lock is a separate statement, so that the next statement sees the rows that were committed in the meantime.
      let other = try ServiceProcess.found(connection)
      let isFree = other.map(hasEnded) ?? true
      if isFree { try ServiceProcess.this(holder).write(connection, replacing: other) }
      // A new database has no head row to lock, so another process may have written its row in the meantime.
      let hasRight = isFree && connection.changedRowCount == 1
      connection.queue("COMMIT")
      _ = try connection.finish()
      guard !hasRight else { return nil }
      if let found = try ServiceProcess.found(connection) { return found }
      // The other process has released its row in the meantime.
      return try replace(connection, unrenewed: nil)
    } catch {
      connection.queue("ROLLBACK")
      // An error of the rollback is ignored, so that the caller gets the original error.
      _ = try? connection.finish()
      throw error
    }
  }
}
#endif
