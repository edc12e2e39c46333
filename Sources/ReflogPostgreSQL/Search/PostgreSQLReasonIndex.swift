#if PostgreSQL
import Dispatch
package import ReflogLedger
import ReflogStorage
import Synchronization

/// The index of the reasons of a ledger in PostgreSQL: two tables in the same database.
///
/// The table `reason_trigram` has one row for each sequence of three letters (trigram) in each segment of ids. The row
/// lists the changes in the segment whose reasons have the trigram, see ``ChangeList``. New changes are added in short
/// segments, and a long segment replaces them later: see ``TrigramSegments``. The index contains only whole segments, so
/// rows are never updated. Until the newest changes fill a segment, a search reads them from the ledger.
///
/// The tables are written in the same database as the ledger. So each state of the database, for example in a backup or
/// on a standby server, has an index that belongs to its ledger.
///
/// Each write opens a connection, because writes are rare: one for each segment, and one for each purge or erasure.
package final class PostgreSQLReasonIndex: ReasonFinder {
  private struct Usage {
    /// Whether a search has found that a row of the index is damaged.
    var isDamaged = false
    /// The number of writes that were started.
    var writes = 0
    /// The value of ``writes`` when the index was last emptied, or nil if this process has not emptied the index.
    var writesWhenEmptied: Int?
  }

  private let readers: any LedgerReader
  private let check: ServerCheck
  private let lengths: TrigramSegments.Lengths
  private let usage = Mutex(Usage())

  /// Creates the index of a ledger.
  ///
  /// - Parameters:
  ///   - readers: The readers of the database.
  ///   - check: Opens the connections that write the index.
  ///   - lengths: The lengths of the segments.
  init(_ readers: any LedgerReader, _ check: ServerCheck, _ lengths: TrigramSegments.Lengths = .standard) {
    (self.readers, self.check, self.lengths) = (readers, check, lengths)
  }

  /// Whether a search has found that a row of the index is damaged, so the index must be built again.
  package var isDamaged: Bool { usage.withLock(\.isDamaged) }

  /// Returns the next ids that a search for a text examines, or nil if the index can't be used.
  ///
  /// See ``ReasonFinder``.
  package func next(
    of ids: ClosedRange<Int64>,
    isAscending: Bool,
    containing text: SearchText,
    limit: Int
  ) async -> ReasonIndex.Part? {
    let trigrams = Set(text.searchedTrigrams)
    guard !trigrams.isEmpty, !isDamaged else { return nil }
    do {
      return try await readers.read { [self] db in
        guard let segments = try TrigramSegments(db, lengths), segments.isUsable else { return nil }
        let isIndexed = (isAscending ? ids.lowerBound : ids.upperBound) <= segments.through
        guard isIndexed else {
          let newer = max(ids.lowerBound, segments.through + 1)...ids.upperBound
          return ReasonIndex.Part(ids: isAscending ? ids : newer, candidates: nil)
        }
        let search = try TrigramSearch(for: trigrams, in: segments, isAscending: isAscending, db)
        return try search.part(of: ids.lowerBound...min(ids.upperBound, segments.through), limit: limit, db)
      }
    } catch {
      // The error is ignored, because the search then reads the changes from the ledger and not from the index.
      if (error as? SQLError)?.code == .corrupt { usage.withLock { $0.isDamaged = true } }
      return nil
    }
  }

  /// Deletes everything from the index, because the bytes of single rows can't be removed from a table's file.
  ///
  /// See ``ReasonFinder``.
  package func removeClaimed(_ reader: any LedgerReader) async throws -> Int64 {
    let newest = try await reader.read { db in try ReasonClaims.newest(db) }
    try await empty()
    return newest
  }

  /// Deletes everything from the index.
  ///
  /// When this returns, PostgreSQL has deleted the files of the index. Copies remain in the write-ahead log, in its
  /// archive and in backups until these are replaced.
  private func empty() async throws {
    let (writes, isEmpty) = usage.withLock { ($0.writes, $0.writes == $0.writesWhenEmptied) }
    guard !isEmpty else { return }
    do {
      // The transaction waits for standby servers, so that no standby server has an index with the deleted reasons.
      try await transaction(Self.emptying, isDurable: true) { connection in
        connection.queue("TRUNCATE reason_index, reason_trigram")
      }
    } catch let error as SQLError where error.code == .busy {
      throw SQLError(
        code: .busy,
        message: "the index of reasons can't be emptied, because another program reads its tables, for example pg_dump"
      )
    }
    usage.withLock { $0.writesWhenEmptied = writes }
  }

  /// Deletes everything from an index that can't be used.
  private func discard() async throws {
    usage.withLock { $0.writesWhenEmptied = nil }
    try await empty()
    usage.withLock { $0.isDamaged = false }
  }

  /// Adds the changes of the next segment.
  ///
  /// - Parameter reader: The reader of the ledger.
  package func add(from reader: any LedgerReader) async throws -> ReasonIndex.Progress {
    if isDamaged {
      try await discard()
      return .damaged
    }
    switch try await reader.read({ [lengths] db in try NextSegment(db, lengths) }) {
    case .foreign:
      try await discard()
      return .more
    case .paused:
      try await empty()
      return .paused
    case .incomplete: return .upToDate
    case .complete:
      try await addSegment()
      return .more
    }
  }

  /// Adds the changes of the next segment in one transaction, unless a purge or an erasure has begun in the meantime.
  private func addSegment() async throws {
    usage.withLock { $0.writes += 1 }
    // If the transaction is lost, the segment is added again. So the transaction need not be durable.
    try await transaction(Self.adding, isDurable: false) { [lengths] connection in
      // Nobody can empty the index until this transaction ends. If a purge or an erasure was requested earlier, the next
      // statement sees the request. Otherwise, the purge or the erasure empties the index after this transaction.
      connection.queue("LOCK TABLE reason_index IN ROW EXCLUSIVE MODE")
      guard case .complete(let ids, let isLong) = try NextSegment(connection, lengths) else { return }
      let lists = try Self.lists(ids, connection).sorted { $0.key < $1.key }
      if isLong { connection.queue("DELETE FROM reason_trigram WHERE segment >= $1", [.integer(ids.lowerBound)]) }
      connection.queue(
        """
        INSERT INTO reason_trigram (trigram, segment, changes)
        SELECT trigram, $1, changes FROM unnest($2::bigint[], $3::bytea[]) AS list (trigram, changes)
        """,
        [.integer(ids.lowerBound), .integers(lists.map(\.key)), .byteStrings(lists.map(\.value.bytes))]
      )
      connection.queue(
        """
        INSERT INTO reason_index (id, letters, through, long_through) VALUES (1, $1, $2, $2 * $3)
        ON CONFLICT (id) DO UPDATE SET
          letters = excluded.letters, through = excluded.through,
          long_through = greatest(reason_index.long_through, excluded.long_through)
        """,
        [.integer(Int64(SearchText.knownLetters)), .integer(ids.upperBound), .integer(isLong ? 1 : 0)]
      )
    }
  }

  /// Returns the trigrams in the reasons of a segment.
  ///
  /// The key is the trigram. The value lists the changes of the segment whose reasons contain the trigram.
  private static func lists(_ ids: ClosedRange<Int64>, _ db: any LedgerConnection) throws -> [Int64: ChangeList] {
    var lists: [Int64: ChangeList] = [:]
    try db.forEach(
      """
      SELECT change, reason FROM change_personal WHERE change BETWEEN ? AND ? AND reason IS NOT NULL ORDER BY change
      """,
      [ids.lowerBound, ids.upperBound]
    ) { row in
      let offset = try row.integer(0) - ids.lowerBound
      for trigram in SearchText(try row.text(1)).trigrams { lists[trigram, default: ChangeList()].append(offset) }
    }
    return lists
  }

  /// The limits of the transaction that adds a segment.
  private static let adding = PostgreSQLTimeouts.standard
  /// The limits of the transaction that empties the index.
  ///
  /// While this transaction waits for its lock, new searches wait too. So the limit is short, but longer than one
  /// second: after one second, PostgreSQL ends an automatic vacuum that holds the lock.
  private static let emptying = PostgreSQLTimeouts(statement: 30_000, lock: 2_000, idle: 30_000)

  /// Runs one transaction on a separate connection, on a thread that may wait.
  private func transaction(
    _ timeouts: PostgreSQLTimeouts,
    isDurable: Bool,
    _ body: @escaping @Sendable (PostgreSQLConnection) throws -> Void
  ) async throws {
    let check = check
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        let result = Result<Void, any Error> {
          let connection = try check.connectAgain()
          connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
          connection.queue(timeouts.settings)
          if !isDurable { connection.queue("SET LOCAL synchronous_commit = off") }
          try connection.commit { try body(connection) }
        }
        continuation.resume(with: result)
      }
    }
  }
}
#endif
