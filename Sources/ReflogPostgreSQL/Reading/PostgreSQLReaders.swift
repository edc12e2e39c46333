#if PostgreSQL
import ReflogLedger
package import ReflogStorage
import Synchronization

/// Reads a ledger in PostgreSQL through several connections.
///
/// Each connection has a thread, so a read never blocks a thread of Swift's concurrency. A connection is opened when
/// the first read needs it. The threads end when this object is released.
package final class PostgreSQLReaders: LedgerReader {
  private let queue: ReadQueue
  private let counter = Atomic<Int>(0)
  /// The items of the schema that the migrations create, see ``SchemaItem/all(_:)``.
  private let schema: [SchemaItem]

  /// Creates the threads of the connections.
  ///
  /// - Parameters:
  ///   - address: The address of the database, see ``PostgreSQLConnection``.
  ///   - count: The number of connections.
  ///   - limits: The limits of each read.
  ///   - schema: The items of the schema that the migrations create.
  package init(_ address: String, count: Int = 4, limits: ReadLimits = ReadLimits(), schema: [SchemaItem] = []) {
    self.schema = schema
    queue = ReadQueue(maximumCount: limits.waitingReads)
    for _ in 0..<count { ReadWorker.start(address, limits, queue) }
  }

  deinit { queue.close() }

  package var readCount: Int { counter.load(ordering: .relaxed) }

  /// Runs a read in a `REPEATABLE READ READ ONLY` transaction on the thread of a connection.
  ///
  /// If the connection is lost, the read is run once more on a new connection, so `body` can be called twice.
  ///
  /// - Throws: `StorageError.queueFull` if too many reads are waiting.
  package func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    counter.add(1, ordering: .relaxed)
    return try await withCheckedThrowingContinuation { continuation in
      queue.add(
        QueuedRead(
          run: { $0.read(body) { continuation.resume(with: $0) } },
          refuse: { continuation.resume(throwing: $0) }
        )
      )
    }
  }

  /// Returns the types and names of the items that differ from the schema that the migrations create.
  package func alteredSchemaItems() async throws -> [String] {
    let schema = schema
    return try await read { db in
      let found = try SchemaItem.all(db)
      let version = try db.integer("SELECT current_setting('server_version_num')::bigint / 10000")
      guard version != SchemaItem.version else { return SchemaItem.differences(found, schema) }
      return SchemaItem.differences(found.map(\.named), schema.map(\.named))
    }
  }

  /// Returns the tables with a damaged index, or with an index that lacks a row.
  ///
  /// If the database has the extension amcheck, the checks use amcheck. Otherwise, each index is compared with its
  /// table.
  package func damagedTables() async throws -> [(table: String, problem: String)] {
    let indexes = try await read { db in try LedgerIndex.all(db) }
    var damaged: [(table: String, problem: String)] = []
    for index in indexes where damaged.last?.table != index.table {
      do {
        let problem = try await read { db in try index.problem(db) }
        if let problem { damaged.append((index.table, problem)) }
      } catch let error as SQLError where error.code == .corrupt {
        damaged.append((index.table, error.message))
      }
    }
    return damaged
  }

  /// Ends the threads after their current reads; all waiting reads fail.
  package func close() { queue.close() }
}

/// The limits of each read of a ledger in PostgreSQL.
package struct ReadLimits: Sendable {
  /// The maximum time of one SQL statement.
  package var statement: Duration
  /// The maximum time between two SQL statements of a read.
  package var idle: Duration
  /// The maximum number of reads that wait for a connection.
  package var waitingReads: Int

  /// Creates limits.
  package init(statement: Duration = .seconds(60), idle: Duration = .seconds(60), waitingReads: Int = 1024) {
    self.statement = statement
    self.idle = idle
    self.waitingReads = waitingReads
  }

  /// The SQL statement that sets the limits and the planner's settings for the current transaction.
  ///
  /// The settings belong to a transaction and not to a session, so that a connection pooler such as pgbouncer can be
  /// used.
  ///
  /// Each query of Reflog first reads a range of ids, or reads rows through an index. After that, the query reads the
  /// rows of other tables by key. Merge joins and hash joins are off, because they would read a table from its
  /// beginning, and each page of a long history would take longer than the previous page. Worker processes and the
  /// just-in-time compiler are off, because their start takes longer than a query of Reflog.
  var settings: String {
    let planner = ["enable_mergejoin", "enable_hashjoin", "enable_bitmapscan", "jit"]
    let values =
      [
        ("statement_timeout", "\(Self.milliseconds(statement))"),
        ("idle_in_transaction_session_timeout", "\(Self.milliseconds(idle))"),
        ("max_parallel_workers_per_gather", "0"),
      ] + planner.map { ($0, "off") }
    return "SELECT " + values.map { "set_config('\($0)', '\($1)', TRUE)" }.joined(separator: ", ")
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  }
}
#endif
