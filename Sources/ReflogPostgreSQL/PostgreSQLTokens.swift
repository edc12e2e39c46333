#if PostgreSQL
import Dispatch
import ReflogLedger
package import ReflogStorage
import Synchronization

/// The table of API tokens in a PostgreSQL database.
///
/// A token that another process revokes is refused after at most ``PostgreSQLTokens/freshness``.
package struct PostgreSQLTokens: TokenDatabase {
  /// The time for which a token that was read is used without reading it again, in seconds.
  package static let freshness: UInt64 = 1

  private let readers: any LedgerReader
  private let ledger: PostgreSQLLedger.Opener
  private let written = WriteCounter()

  init(_ readers: any LedgerReader, _ ledger: PostgreSQLLedger.Opener) {
    self.readers = readers
    self.ledger = ledger
  }

  /// The number of the current second, and the number of writes of this process.
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

  /// Writes in one transaction.
  package func write<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    let ledger = ledger
    // Tokens are written rarely, so each write has a connection of its own, on a thread that may wait.
    let value = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          with: Result<Value, any Error> {
            try ledger.run { writer in
              // The lock keeps two processes from creating tokens with names that can be confused. A lock on the table
              // would need rights that the server's role does not have.
              try writer.execute("SELECT id FROM head WHERE id = 1 FOR UPDATE")
              return try body(writer)
            }
          }
        )
      }
    }
    written.count.add(1, ordering: .relaxed)
    return value
  }
}

/// The number of writes to the table of tokens.
private final class WriteCounter: Sendable {
  let count = Atomic<Int>(0)
}
#endif
