import ReflogModel
import ReflogStorage
import Synchronization

/// An index that finds the changes whose reasons contain a text.
///
/// The index is a file next to the ledger. The file can be deleted at any time while no server runs, and is then built
/// again from the ledger. The index is divided into segments: see `ReasonSegments`. If the index does not contain a
/// change, a search reads the change in the ledger. The index finds possible changes, and the search compares each of
/// them with the filter. So an index with too many texts has no effect on results.
///
/// The file never contains the reason of a change that a purge or an erasure deleted. Each deletion is claimed by a
/// service event first. Before the claimed data is deleted, ``removeClaimed(_:)`` drops all segments that contain one
/// of these changes. While a purge or an erasure is unfinished, no reasons are added.
package final class ReasonIndex: ReasonFinder {
  private static let schema = DerivedStorage.Schema(
    applicationID: 0x52_46_53_32,  // "RFS2"
    sql: """
      CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        letters INTEGER NOT NULL, segment_size INTEGER NOT NULL, origin TEXT NOT NULL, claim INTEGER NOT NULL,
        sequence INTEGER NOT NULL, hash BLOB NOT NULL
      ) STRICT;
      CREATE TABLE segment (number INTEGER PRIMARY KEY, through INTEGER NOT NULL) STRICT;
      """
  )

  /// The SQL that creates the table of a segment.
  private static func creation(of segment: Int64) -> String {
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS \(ReasonSegments.table(segment))
    USING fts5(text, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')
    """
  }

  private struct Usage {
    /// Whether the contents of the file are known to belong to the ledger.
    var isChecked: Bool
    /// Whether a search has found that the file is damaged.
    var isDamaged = false
    /// The number of removals of reasons that were started.
    var removals = 0
    /// The number of writes that were started.
    var writes = 0
    /// The value of ``writes`` when reasons were last removed, or nil if this process has not removed reasons.
    ///
    /// If there were no writes since then, the file contains no byte of the removed reasons.
    var writesWhenRemoved: Int?
    /// Whether this process has emptied the index since the last write.
    var isEmpty = false
  }

  /// The number of change ids in the range of each segment.
  ///
  /// If the segments are smaller, a deletion drops fewer changes from the index. If they are larger, a search reads
  /// fewer tables.
  package static let segmentSize: Int64 = 500_000

  let storage: DerivedStorage
  private let segmentSize: Int64
  private let usage: Mutex<Usage>

  /// Opens the index of a ledger for a server, and creates the file if it does not exist.
  ///
  /// The index is used after ``Ledger/indexReasons()`` has compared it with the ledger.
  ///
  /// - Parameters:
  ///   - path: The path of the index.
  ///   - segmentSize: The number of change ids in the range of each segment. An index with segments of another size is
  ///     built again.
  package init(path: String, segmentSize: Int64 = ReasonIndex.segmentSize) throws {
    storage = try DerivedStorage(path: path, schema: Self.schema)
    self.segmentSize = segmentSize
    usage = Mutex(Usage(isChecked: false))
  }

  /// Opens the index of a ledger for reading, or returns nil if there is no index that belongs to the ledger.
  ///
  /// - Parameters:
  ///   - ledger: The path of the ledger.
  ///   - reader: The reader of the ledger.
  init?(ofLedgerAt ledger: String, _ reader: StorageReader) {
    let path = LedgerFiles(database: ledger).search
    guard let storage = DerivedStorage(readingFileAt: path, besides: ledger, schema: Self.schema),
      let state = try? storage.readOnThisThread(ReasonIndexState.init),
      (try? reader.readOnThisThread({ db in try state.fits(db, segmentSize: state.segmentSize) })) == true
    else { return nil }
    self.storage = storage
    segmentSize = state.segmentSize
    usage = Mutex(Usage(isChecked: true))
  }

  /// Closes the file.
  package func close() throws { try storage.close() }

  /// The next ids that a search examines.
  package struct Part: Sendable {
    /// The ids.
    package let ids: ClosedRange<Int64>
    /// The changes in the range of ids whose reasons possibly contain the text.
    ///
    /// The value is nil if the index does not contain the changes with these ids. Then all changes with these ids must
    /// be compared with the filter.
    package let candidates: [Int64]?

    /// Creates a part.
    ///
    /// - Parameters:
    ///   - ids: The ids.
    ///   - candidates: The possible changes, or nil if the index does not contain the changes with these ids.
    package init(ids: ClosedRange<Int64>, candidates: [Int64]?) {
      (self.ids, self.candidates) = (ids, candidates)
    }
  }

  /// Returns the next ids that a search for a text examines.
  ///
  /// The result is nil if the index can't be used.
  ///
  /// - Parameters:
  ///   - ids: The ids that the search still has to examine.
  ///   - isAscending: Whether the search begins with the lowest id.
  ///   - text: The text that the reasons contain.
  ///   - limit: The maximum number of candidates.
  package func next(
    of ids: ClosedRange<Int64>,
    isAscending: Bool,
    containing text: SearchText,
    limit: Int
  ) async -> Part? {
    let query = ReasonQuery(terms: text.terms, isAscending: isAscending)
    guard !query.terms.isEmpty, usage.withLock(\.isChecked) else { return nil }
    do {
      return try await storage.read { [segmentSize] db in
        let segments = try ReasonSegments(db, size: segmentSize)
        let part = segments.part(of: ids, isAscending: isAscending)
        guard part.isIndexed else { return Part(ids: part.ids, candidates: nil) }
        let pieces = segments.pieces(of: part.ids, isAscending: isAscending)
        let found = try query.candidates(in: pieces, limit: limit, db)
        guard found.count == limit, let end = found.last else { return Part(ids: part.ids, candidates: found) }
        let searched = isAscending ? part.ids.lowerBound...end : end...part.ids.upperBound
        return Part(ids: searched, candidates: found)
      }
    } catch {
      // The error is ignored, because the search then reads the changes from the ledger and not from the index.
      if (error as? SQLError)?.code == .corrupt {
        usage.withLock { usage in (usage.isChecked, usage.isDamaged) = (false, true) }
      }
      return nil
    }
  }

  /// Whether the index contains all changes.
  package enum Progress: Sendable {
    /// The index does not contain all changes yet.
    case more
    /// The index contains all changes.
    case upToDate
    /// The index adds no reasons until the unfinished purges and erasures are finished.
    case paused
    /// The file was damaged, so the index is empty and must be built again.
    case damaged
  }

  /// The row and the segments of the index.
  private struct Content: Sendable {
    let state: ReasonIndexState?
    let segments: ReasonSegments
  }

  private func content() async throws -> Content {
    try await storage.read { [segmentSize] db in
      Content(state: try ReasonIndexState(db), segments: try ReasonSegments(db, size: segmentSize))
    }
  }

  /// Adds changes that the index does not contain yet.
  ///
  /// - Parameter reader: The reader of the ledger.
  package func add(from reader: any LedgerReader) async throws -> Progress {
    if isDamaged {
      try await discard()
      return .damaged
    }
    // A reason that was read before a removal must not be written after the removal. So the number of removals is read
    // first, and compared before the write.
    let removals = usage.withLock(\.removals)
    let content: Content
    do { content = try await self.content() } catch {
      try await discard(after: error)
      return .damaged
    }
    let batch = try await reader.read { [segmentSize] db in
      try ReasonBatch(for: content.state, content.segments, segmentSize: segmentSize, db)
    }
    switch batch {
    case .foreign:
      try await empty()
      return .more
    case .claimed:
      _ = try await removeClaimed(reader)
      return .more
    case .paused: return .paused
    case .none:
      usage.withLock { $0.isChecked = true }
      return .upToDate
    case .addition(let addition):
      do {
        let isWritten = try await write(addition, ifRemovals: removals)
        return isWritten && addition.isLast ? .upToDate : .more
      } catch {
        try await discard(after: error)
        return .damaged
      }
    }
  }

  /// Writes rows that were read from the ledger, unless reasons were removed after the rows were read.
  ///
  /// Returns whether the rows were written.
  private func write(_ addition: ReasonBatch.Addition, ifRemovals removals: Int) async throws -> Bool {
    usage.withLock { usage in (usage.writes, usage.isEmpty) = (usage.writes + 1, false) }
    let isWritten = try await storage.write { [self] db in
      guard usage.withLock({ $0.removals == removals }) else { return false }
      try db.executeAll(Self.creation(of: addition.segment))
      for row in addition.rows {
        try db.execute(
          "INSERT INTO \(ReasonSegments.table(addition.segment)) (rowid, text) VALUES (?, ?)",
          [row.change, row.text.stored]
        )
      }
      try db.execute(
        "INSERT OR REPLACE INTO segment (number, through) VALUES (?, ?)",
        [addition.segment, addition.newest]
      )
      try addition.state.store(db)
      return true
    }
    usage.withLock { $0.isChecked = true }
    return isWritten
  }

  /// Removes the reasons of all changes that purges and erasures have claimed, and returns the id of the newest claim.
  ///
  /// When this returns, the file contains no byte of these reasons, and ``Ledger/indexReasons()`` adds no reasons that
  /// were read earlier than this call. If the process ends during this call, the file possibly still contains reasons.
  /// So call this method before each deletion of claimed data, and delete only the data of the returned claim and of
  /// earlier claims.
  ///
  /// - Parameter reader: The reader of the ledger.
  package func removeClaimed(_ reader: any LedgerReader) async throws -> Int64 {
    usage.withLock { $0.removals += 1 }
    let content: Content?
    do { content = try await self.content() } catch {
      guard Self.isDamage(error) else { throw error }
      content = nil
    }
    let state = content?.state
    let claims = try await reader.read { [segmentSize] db in
      try ReasonClaims(newerThan: state, segmentSize: segmentSize, db)
    }
    guard let content, let state, let changes = claims.changes else {
      if content == nil { try await discard() } else { try await empty() }
      return claims.newest
    }
    guard state.claim < claims.newest else { return claims.newest }
    do { try await remove(changes, from: content.segments, claim: claims.newest) } catch {
      guard Self.isDamage(error) else { throw error }
      try await discard()
    }
    return claims.newest
  }

  /// Drops the tables of the segments that contain changes of a claim, and then records that the claim's reasons were
  /// removed.
  ///
  /// - Parameters:
  ///   - changes: The changes that the claim lists.
  ///   - segments: The segments of the index.
  ///   - claim: The id of the claim.
  private func remove(_ changes: IDRanges, from segments: ReasonSegments, claim: Int64) async throws {
    let (writes, isRemoved) = usage.withLock { usage in (usage.writes, usage.writes == usage.writesWhenRemoved) }
    // If an earlier call was interrupted, the tables are already dropped, but their bytes are possibly still in the
    // write-ahead log. So the first call of each process always empties the log.
    if !isRemoved || !segments.numbers(with: changes).isEmpty {
      try await storage.drop { [segmentSize] db in
        // A write that was started earlier than this call can add a segment before this transaction begins. So the
        // segments are read again.
        for number in try ReasonSegments(db, size: segmentSize).numbers(with: changes) {
          try db.executeAll("DROP TABLE IF EXISTS \(ReasonSegments.table(number))")
          try db.execute("DELETE FROM segment WHERE number = ?", [number])
        }
      }
      usage.withLock { $0.writesWhenRemoved = writes }
    }
    try await storage.write { db in try db.execute("UPDATE state SET claim = max(claim, ?)", [claim]) }
  }

  /// Deletes everything from the index.
  ///
  /// When this returns, the file contains no byte of a reason. The file is not written if this process has emptied it
  /// and has written nothing since then.
  package func empty() async throws {
    let (writes, isEmpty) = usage.withLock { usage in
      usage.removals += 1
      return (usage.writes, usage.isEmpty)
    }
    guard !isEmpty else { return }
    try await storage.empty()
    usage.withLock { usage in
      usage.writesWhenRemoved = writes
      usage.isEmpty = usage.writes == writes
    }
  }

  /// Whether a search has found that the file is damaged, so the index must be built again.
  package var isDamaged: Bool { usage.withLock(\.isDamaged) }

  /// Deletes everything from the damaged file.
  private func discard() async throws {
    usage.withLock { usage in (usage.isChecked, usage.isEmpty) = (false, false) }
    try await empty()
    usage.withLock { $0.isDamaged = false }
  }

  /// Deletes everything from the index if an error shows that the file is damaged, and throws all other errors.
  private func discard(after error: any Error) async throws {
    guard Self.isDamage(error) else { throw error }
    try await discard()
  }

  /// Returns whether damage to the file can be the cause of an error; such an error repeats until the file is built
  /// again.
  private static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? SQLError else { return error is StorageError }
    return [.corrupt, .constraint, .misuse, .other].contains(error.code)
  }
}
