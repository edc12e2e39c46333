#if PostgreSQL
import Dispatch
import ReflogLedger
package import ReflogStorage
import Synchronization

/// The table of API tokens in a PostgreSQL database.
///
/// If another process revokes a token, this process refuses the token after at most ``PostgreSQLTokens/freshness``
/// seconds.
package struct PostgreSQLTokens: TokenDatabase {
  /// The time, in seconds, for which a token in memory is used without a new read.
  package static let freshness: UInt64 = 1

  private let readers: any LedgerReader
  private let ledger: PostgreSQLLedger.Opener
  private let written = WriteCounter()

  init(_ readers: any LedgerReader, _ ledger: PostgreSQLLedger.Opener) {
    self.readers = readers
    self.ledger = ledger
  }

  /// A number that changes every ``PostgreSQLTokens/freshness`` seconds and with each write of this process.
  package var version: UInt64? {
    let second = DispatchTime.now().uptimeNanoseconds / 1_000_000_000 / Self.freshness
    return second << 32 | UInt64(written.count.load(ordering: .relaxed) & 0xFFFF_FFFF)
  }

  /// Runs a read in one transaction: all rows are from one consistent state of the ledger.
  package func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    try await readers.read(body)
  }

  /// Runs a write in one durable transaction.
  package func write<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    let value = try await transaction { writer in
      // The lock prevents two processes from creating tokens whose names can be confused. The head row is locked,
      // because Reflog's role has no right to lock the table of tokens.
      try writer.execute("SELECT id FROM head WHERE id = 1 FOR UPDATE")
      return try body(writer)
    }
    written.count.add(1, ordering: .relaxed)
    return value
  }

  /// Updates rows that exist, in one transaction.
  ///
  /// The head row is not locked, so no change in the ledger waits for the update. ``version`` stays the same.
  package func update(
    willCommit: @escaping @Sendable (_ version: UInt64, _ next: UInt64) -> Void,
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Bool
  ) async throws {
    _ = try await transaction(body)
  }

  /// Runs one transaction that writes.
  ///
  /// Tokens are rarely written. So each transaction opens a separate connection, on a thread that may wait.
  private func transaction<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    let ledger = ledger
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result<Value, any Error> { try ledger.run { try body($0) } })
      }
    }
  }
}

/// The number of writes to the table of tokens.
private final class WriteCounter: Sendable {
  let count = Atomic<Int>(0)
}
#endif
