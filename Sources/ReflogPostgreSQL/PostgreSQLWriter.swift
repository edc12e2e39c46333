#if PostgreSQL
import ReflogLedger
import ReflogModel
package import ReflogStorage

/// The connection that writes a ledger in PostgreSQL.
///
/// A transaction that appends needs two requests to the server. The first request begins the transaction, locks the
/// head row, and reads the values that the checks need. The second request inserts all rows, updates the head row, and
/// commits. Until then, the rows are kept in memory, see `RowBuffer`.
///
/// If the connection is lost, the next transaction opens a new connection. If the connection is lost during COMMIT, the
/// writer finds out on a new connection whether the transaction is durable, see `CommitResolution`.
package final class PostgreSQLWriter {
  /// Opens a connection and checks the server's settings.
  private let connect: () throws(SQLError) -> PostgreSQLConnection
  private let timeouts: PostgreSQLTimeouts
  /// The right of this process to write the ledger, or nil if other processes are allowed to write at the same time.
  let lease: WriteLease?
  private var connection: PostgreSQLConnection?
  /// The newest head row that this writer made durable, or nil if this writer made no head row durable.
  ///
  /// This writer does not write to a server that lacks the entries of this head row, because that server is an old
  /// standby or a restored server.
  private var acknowledged: AcknowledgedHead?

  package private(set) var statementCount = 0
  package private(set) var allChangedRowCount: Int64 = 0
  package private(set) var changedRowCount = 0
  package private(set) var isInsideTransaction = false

  /// The rows of the current transaction that were not sent to the server yet.
  var buffer = RowBuffer()
  /// The stored values that the checks of the current transaction need.
  var lookups = AppendLookups()
  /// The head row at the beginning of the current transaction, or nil if the transaction did not read the head row.
  var begun: StoredHead?
  /// The head row that the current transaction writes, or nil if the transaction writes no head row.
  ///
  /// The value also contains the hash of the newest entry.
  var written: CommitResolution.Expected?
  /// The current transaction on the server, or nil if the server has not identified the transaction yet.
  var serverTransaction: ServerTransaction?
  /// An earlier transaction that possibly still locks the head row, although its connection was lost, or nil if there
  /// is no such transaction.
  private var abandoned: ServerTransaction?
  /// The hash of the newest entry that the current transaction inserted.
  var newestHash: Hash?
  /// The value of ``newestHash`` at the savepoint.
  private var savedHash: Hash?
  /// The address of the database, for error messages.
  let name: String

  /// Creates a writer without a connection.
  ///
  /// - Parameters:
  ///   - name: The address of the database without a password.
  ///   - timeouts: The limits of each transaction.
  ///   - lease: The right of this process to write the ledger, or nil if other processes are allowed to write at the
  ///     same time.
  ///   - connect: Opens a connection and checks the settings of the server.
  init(
    name: String,
    timeouts: PostgreSQLTimeouts,
    lease: WriteLease?,
    connect: @escaping () throws(SQLError) -> PostgreSQLConnection
  ) {
    self.name = name
    self.timeouts = timeouts
    self.lease = lease
    self.connect = connect
  }

  /// Returns the open connection, or opens a new connection if no connection is open.
  ///
  /// - Throws: A transient error if the connection was lost inside a transaction. On a new connection, the remaining
  ///   statements would run without the transaction and without the lock on the head row.
  private func opened() throws(SQLError) -> PostgreSQLConnection {
    if let connection, !connection.isLost { return connection }
    connection = nil
    guard !isInsideTransaction else {
      throw SQLError(code: .transient, message: "the connection was lost inside a transaction")
    }
    let new = try connect()
    abandoned?.end(through: new)
    abandoned = nil
    connection = new
    return new
  }

  /// Renews the right of this process to write, if the renewal is due.
  package func renewLease() {
    guard let lease, lease.takeRenewal() else { return }
    // The error is ignored, because the next transaction reports the same problem to its caller.
    try? lease.renew(opened())
  }

  /// Sends a statement without waiting for its result.
  func queue(_ sql: String, _ parameters: [PostgreSQLConnection.Parameter] = []) throws(SQLError) {
    statementCount += 1
    try opened().queue(sql, parameters)
  }

  /// Waits for the results of all statements that were sent, or throws the first error.
  @discardableResult
  func finish() throws(SQLError) -> [PostgreSQLResult] {
    do { return try opened().finish() } catch {
      // PostgreSQL has ended the transaction because of the error. The higher number of changed rows tells the caller
      // that a row was possibly changed, so the caller repeats the whole transaction.
      allChangedRowCount += 1
      throw error
    }
  }

  /// Counts rows that the current transaction changed.
  func noteChangedRows(_ count: Int) { allChangedRowCount += Int64(count) }

  /// Sends the rows in memory to the server, without waiting for the results.
  private func queueBuffer() throws(SQLError) {
    guard !buffer.isEmpty else { return }
    for statement in buffer.statements { try queue(statement.sql, statement.parameters) }
    buffer = RowBuffer()
  }

  /// The number of entries after which the rows in memory are sent to the server.
  private static let entriesAhead = 64

  /// Sends the rows in memory to the server if there are many rows, without waiting for the results.
  ///
  /// PostgreSQL inserts these rows while Reflog creates the next rows of the transaction.
  func sendRowsAhead() throws(SQLError) {
    guard buffer.entryCount >= Self.entriesAhead else { return }
    try queueBuffer()
    try opened().send()
  }

  /// Waits, before a rollback, for the results of the statements that were already sent.
  ///
  /// The server would skip the rollback if one of these statements failed. The rollback removes the effects of these
  /// statements, so their errors do not matter.
  private func discardResults() { _ = try? connection?.finish() }

  /// Sends the rows in memory to the server, so that the next statement sees these rows.
  func flush() throws(SQLError) {
    guard !buffer.isEmpty else { return }
    try queueBuffer()
    try finish()
  }

  /// Uses the current transaction to renew the right of this process to write, if the renewal is due.
  func queueRenewal() throws(SQLError) {
    guard let lease, lease.takeRenewal() else { return }
    try queue(WriteLease.renewal, [.integer(lease.holder)])
  }

  /// Clears the state of a transaction.
  private func clear() {
    isInsideTransaction = false
    buffer = RowBuffer()
    lookups = AppendLookups()
    (begun, written, newestHash, serverTransaction) = (nil, nil, nil, nil)
  }
}

extension PostgreSQLWriter: WriteConnection {
  package var dialect: any Dialect { PostgreSQLDialect() }

  /// Begins a transaction that excludes all other writers.
  package func begin() throws {
    clear()
    // BEGIN is not sent alone, but together with the first read of the transaction.
    try queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    try queue(timeouts.settings)
    isInsideTransaction = true
  }

  /// Commits the transaction; when this method returns, the transaction is durable.
  package func commit() throws(CommitError) {
    let (expected, earlier) = (written, begun)
    do {
      try queueBuffer()
      try queueRenewal()
    } catch { throw .refused(error) }
    guard let connection else { throw .refused(SQLError(code: .transient, message: "there is no connection")) }
    do {
      statementCount += 1
      connection.queue("COMMIT", [])
      _ = try connection.finish()
    } catch {
      // If PostgreSQL reported an error, the transaction was not committed. If PostgreSQL did not answer, it is unknown
      // whether the transaction was committed.
      guard connection.isLost else { throw .refused(error) }
      return try resolve(expected, earlier)
    }
    guard !connection.notices.committedOnlyLocally else { return try resolve(expected, earlier) }
    acknowledge(expected)
    clear()
  }

  /// Finds out on a new connection whether the transaction is durable, and throws an error if the transaction is not
  /// durable.
  private func resolve(_ expected: CommitResolution.Expected?, _ earlier: StoredHead?) throws(CommitError) {
    connection = nil
    let resolution = CommitResolution(connect: connect, timeouts: timeouts, unanswered: serverTransaction)
    switch resolution.result(of: expected, after: earlier) {
    case .durable(let new):
      connection = new
      acknowledge(expected)
      clear()
    case .notDurable(let new):
      connection = new
      isInsideTransaction = false
      throw .refused(SQLError(code: .transient, message: "the connection was lost and the transaction had no effect"))
    case .unknown(let problem):
      throw .unknown(problem)
    }
  }

  private func acknowledge(_ expected: CommitResolution.Expected?) {
    if let expected {
      acknowledged = AcknowledgedHead(nextSequence: expected.nextSequence, checkpoint: expected.checkpoint)
    }
  }

  /// Rolls the transaction back.
  package func rollBack() throws {
    defer { clear() }
    guard let connection, !connection.isLost else {
      connection = nil
      abandoned = serverTransaction
      return
    }
    discardResults()
    statementCount += 1
    connection.queue("ROLLBACK", [])
    do { _ = try connection.finish() } catch {
      // The server rolls the transaction back when the connection ends, so the connection is closed.
      self.connection = nil
      abandoned = serverTransaction
    }
  }

  /// Sets a savepoint in the transaction.
  package func setSavepoint() throws {
    try flush()
    savedHash = newestHash
    try queue("SAVEPOINT write")
    try finish()
  }

  /// Rolls the transaction back to the savepoint, and removes the savepoint.
  package func rollBackToSavepoint() throws {
    buffer = RowBuffer()
    lookups = AppendLookups()
    (written, newestHash) = (nil, savedHash)
    discardResults()
    try queue("ROLLBACK TO SAVEPOINT write")
    try queue("RELEASE SAVEPOINT write")
    try finish()
  }

  /// Removes the savepoint.
  package func releaseSavepoint() throws {
    try flush()
    try queue("RELEASE SAVEPOINT write")
    try finish()
  }

  /// Does nothing, because PostgreSQL removes deleted rows and their copies when PostgreSQL vacuums the tables.
  package func beginDeletion() throws {}

  /// Writes to the database without changing any data, to find out whether the database accepts writes.
  package func probe() throws {
    // Locking a row is a write, because PostgreSQL writes the lock to its WAL.
    try execute("SELECT id FROM head WHERE id = 1 FOR UPDATE", [], kept: true)
  }

  /// Runs a statement that returns no rows.
  package func execute(_ sql: String, _ arguments: SQLArguments, kept: Bool) throws {
    try flush()
    statementCount += 1
    try opened().queue(sql, arguments, kept: kept)
    changedRowCount = try finish().last?.affectedRows ?? 0
    noteChangedRows(changedRowCount)
  }

  /// Calls `body` with each row of a result, until `body` returns false.
  package func read(_ sql: String, _ arguments: SQLArguments, kept: Bool, _ body: (Row) throws -> Bool) throws {
    try flush()
    statementCount += 1
    do { try opened().read(sql, arguments, kept: kept, body) } catch let error as SQLError {
      noteChangedRows(1)
      throw error
    }
  }

  /// Throws an error if the server lacks entries that this writer acknowledged.
  func refuseOlder(_ head: StoredHead) throws {
    guard let acknowledged else { return }
    let isOlder = head.nextSequence < acknowledged.nextSequence
    let isOther = head.nextSequence == acknowledged.nextSequence && head.checkpoint != acknowledged.checkpoint
    guard isOlder || isOther else { return }
    throw LedgerError.anchorMismatch(
      path: name,
      problem: isOlder
        ? "PostgreSQL has \(head.nextSequence) entries, but Reflog acknowledged \(acknowledged.nextSequence)"
        : "PostgreSQL has other entries than those that Reflog acknowledged"
    )
  }
}

/// The newest head row whose entries were reported to callers as durable.
struct AcknowledgedHead {
  let nextSequence: Int64
  let checkpoint: String?
}

/// The time limits that PostgreSQL applies to one transaction.
package struct PostgreSQLTimeouts: Sendable {
  /// The maximum time, in milliseconds, of one statement.
  package var statement: Int
  /// The maximum time, in milliseconds, that a statement waits for a lock.
  package var lock: Int
  /// The maximum time, in milliseconds, that an open transaction may be idle.
  package var idle: Int

  /// The limits of a transaction that records changes.
  package static let standard = PostgreSQLTimeouts(statement: 30_000, lock: 10_000, idle: 30_000)

  /// The SQL that sets the limits and the planner's settings for the current transaction.
  ///
  /// The settings belong to a transaction and not to a session, so that a connection pooler such as pgbouncer can be
  /// used.
  ///
  /// PostgreSQL keeps the query plan for the check of a foreign key. If the plan was made when the table was nearly
  /// empty, the check would scan the whole table for every new row. So `enable_seqscan` is off, and the planner chooses
  /// index lookups. With this setting, the planner calculates high costs, and high costs start the just-in-time
  /// compiler. The compiler takes longer than the statement, so `jit` is off too.
  var settings: String {
    """
    SELECT set_config('statement_timeout', '\(statement)', TRUE), set_config('lock_timeout', '\(lock)', TRUE),
      set_config('idle_in_transaction_session_timeout', '\(idle)', TRUE),
      set_config('enable_seqscan', 'off', TRUE), set_config('jit', 'off', TRUE)
    """
  }
}
#endif
