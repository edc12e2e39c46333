#if PostgreSQL
import Glibc
import ReflogLedger
import ReflogModel
import ReflogStorage

/// Finds out whether a transaction is durable after its COMMIT got no clear answer.
///
/// This transaction is called the unanswered transaction. The lock on the head row orders all transactions that append.
/// When a new transaction holds the lock, the unanswered transaction has ended: either its head row and its entries are
/// in the database, or it had no effect. PostgreSQL writes the lock to its WAL after the data of the unanswered
/// transaction. So the COMMIT of the new transaction also waits for the replication of the unanswered transaction.
///
/// If the COMMIT of the unanswered transaction never reached PostgreSQL, that transaction still holds the lock, until a
/// time limit. So it is first ended through a new connection.
struct CommitResolution {
  /// The values that the unanswered transaction wrote.
  struct Expected {
    let nextSequence: Int64
    let checkpoint: String?
    /// The hash of the newest entry.
    let newestHash: Hash?
  }

  /// The answer; `durable` and `notDurable` contain the connection on which the answer was found.
  enum Answer {
    case durable(PostgreSQLConnection)
    case notDurable(PostgreSQLConnection)
    case unknown(String)
  }

  /// The time, in seconds, after which the resolution ends without an answer.
  static let timeLimitSeconds = 120
  /// The pause, in microseconds, between two attempts.
  private static let pause: UInt32 = 250_000

  let connect: () throws(SQLError) -> PostgreSQLConnection
  let timeouts: PostgreSQLTimeouts
  /// The server process and the start time of the unanswered transaction, or nil if the server did not send them.
  let unanswered: ServerTransaction?

  /// Waits on the calling thread until there is an answer, and returns the answer.
  ///
  /// - Parameters:
  ///   - expected: The values that the transaction wrote, or nil if the transaction appended no entry.
  ///   - earlier: The head row at the beginning of the transaction.
  func result(of expected: Expected?, after earlier: StoredHead?) -> Answer {
    let end = ContinuousClock.now + .seconds(Self.timeLimitSeconds)
    var problem = "the connection was lost during COMMIT"
    while ContinuousClock.now < end {
      do {
        let connection = try connect()
        return try answer(expected, earlier, connection)
      } catch {
        problem = "\(error)"
        usleep(Self.pause)
      }
    }
    return .unknown(problem)
  }

  private func answer(
    _ expected: Expected?,
    _ earlier: StoredHead?,
    _ connection: PostgreSQLConnection
  ) throws -> Answer {
    unanswered?.end(through: connection)
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED", [])
    connection.queue(timeouts.settings, [])
    connection.queue("SELECT id FROM head WHERE id = 1 FOR UPDATE", [])
    connection.queue("SELECT next_sequence, checkpoint FROM head WHERE id = 1", [])
    connection.queue(
      "SELECT hash FROM entry WHERE sequence = $1",
      [expected.map { .integer($0.nextSequence - 1) } ?? .integer(-1)]
    )
    let results = try connection.finish()
    var head: (nextSequence: Int64, checkpoint: String?)?
    var hash: Hash?
    try results[results.count - 2].forEach { row in
      head = (try row.integer(0), try row.optionalText(1))
      return false
    }
    try results[results.count - 1].forEach { row in
      hash = Hash(bytes: try row.blob(0))
      return false
    }
    connection.queue("COMMIT", [])
    _ = try connection.finish()
    guard !connection.notices.committedOnlyLocally else {
      throw SQLError(code: .transient, message: "the synchronous standby did not confirm the transaction")
    }
    guard let head else { return .unknown("the head of the log is missing") }
    // A transaction without entries only replaces rows. So the transaction can run again, whether the first attempt is
    // durable or not.
    guard let expected else { return .notDurable(connection) }
    if head.nextSequence >= expected.nextSequence {
      return hash == expected.newestHash
        ? .durable(connection) : .unknown("another program appended to the log during COMMIT")
    }
    guard head.nextSequence == earlier?.nextSequence, head.checkpoint == earlier?.checkpoint else {
      return .unknown("PostgreSQL lacks entries that Reflog acknowledged")
    }
    return .notDurable(connection)
  }
}
#endif
