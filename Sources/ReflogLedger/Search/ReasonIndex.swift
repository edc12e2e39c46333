import ReflogModel
import ReflogStorage
import Synchronization

/// An index that finds the changes whose reasons contain a text.
///
/// The index is a file next to the ledger. The file can be deleted at any time while no server runs, and is then built
/// again from the ledger. The index contains the changes up to a change id. A search reads newer changes in the ledger.
/// The index finds possible changes, and the search compares each of them with the filter. So an index with too many
/// texts has no effect on results.
///
/// The file never contains the reason of a change that a purge or an erasure deleted: the index is empty while a purge
/// or an erasure is unfinished, and it is empty before the first change is deleted.
package final class ReasonIndex: ReasonFinder {
  private static let schema = DerivedStorage.Schema(
    applicationID: 0x52_46_53_31,  // "RFS1"
    sql: """
      CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        letters INTEGER NOT NULL, origin TEXT NOT NULL, claim INTEGER NOT NULL,
        through INTEGER NOT NULL, sequence INTEGER NOT NULL, hash BLOB NOT NULL
      ) STRICT;
      CREATE VIRTUAL TABLE reason
      USING fts5(text, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1');
      """
  )

  private struct Usage {
    /// Whether the contents of the file are known to belong to the ledger.
    var isChecked: Bool
    /// Whether a search has found that the file is damaged.
    var isDamaged = false
    /// The number of times that the index was emptied, including unfinished times.
    var emptied = 0
    /// The number of writes that were started.
    var writes = 0
    /// The value of ``writes`` when the index was last emptied, or nil if this process has not emptied the index.
    var writesWhenEmptied: Int?
  }

  let storage: DerivedStorage
  private let usage: Mutex<Usage>

  /// Opens the index of a ledger for a server, and creates the file if it does not exist.
  ///
  /// The index is used after ``Ledger/indexReasons()`` has compared it with the ledger.
  ///
  /// - Parameter path: The path of the index.
  package init(path: String) throws {
    storage = try DerivedStorage(path: path, schema: Self.schema)
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
      (try? reader.readOnThisThread(state.fits)) == true
    else { return nil }
    self.storage = storage
    usage = Mutex(Usage(isChecked: true))
  }

  /// Closes the file.
  package func close() throws { try storage.close() }

  /// The next ids that a search examines.
  package struct Part: Sendable {
    package let ids: ClosedRange<Int64>
    /// The changes in the range of ids whose reasons possibly contain the text.
    ///
    /// The value is nil if the index does not contain these changes. All of them must then be compared with the filter.
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
    guard let expression = text.expression, usage.withLock(\.isChecked) else { return nil }
    do {
      return try await storage.read { db in
        let last = try db.integer("SELECT through FROM state") ?? 0
        let isIndexed = (isAscending ? ids.lowerBound : ids.upperBound) <= last
        guard isIndexed else {
          return Part(ids: isAscending ? ids : max(ids.lowerBound, last + 1)...ids.upperBound, candidates: nil)
        }
        let indexed = ids.lowerBound...min(ids.upperBound, last)
        let found = try db.integers(
          """
          SELECT rowid FROM reason WHERE reason MATCH :text AND rowid BETWEEN :first AND :last
          ORDER BY rowid \(isAscending ? "ASC" : "DESC") LIMIT :limit
          """,
          ["text": expression, "first": indexed.lowerBound, "last": indexed.upperBound, "limit": limit]
        )
        guard found.count == limit, let end = found.last else { return Part(ids: indexed, candidates: found) }
        return Part(ids: isAscending ? indexed.lowerBound...end : end...indexed.upperBound, candidates: found)
      }
    } catch {
      // The search then reads the changes in the ledger.
      if (error as? SQLError)?.code == .corrupt {
        usage.withLock { usage in (usage.isChecked, usage.isDamaged) = (false, true) }
      }
      return nil
    }
  }

  /// Deletes everything from the index.
  ///
  /// When this returns, the file contains no byte of a reason, and ``Ledger/indexReasons()`` adds no reasons that were
  /// read earlier than this call. If the process ends during this call, the file possibly still contains reasons. So
  /// call this method before a deletion, and again if the deletion is continued after a restart.
  package func empty() async throws {
    let (writes, isEmpty) = usage.withLock { usage in
      usage.emptied += 1
      return (usage.writes, usage.writes == usage.writesWhenEmptied)
    }
    guard !isEmpty else { return }
    try await storage.empty()
    usage.withLock { $0.writesWhenEmptied = writes }
  }

  /// Whether a search has found that the file is damaged, so the index must be built again.
  package var isDamaged: Bool { usage.withLock(\.isDamaged) }

  /// Deletes everything from the damaged file.
  private func discard() async throws {
    usage.withLock { usage in (usage.isChecked, usage.writesWhenEmptied) = (false, nil) }
    try await empty()
    usage.withLock { $0.isDamaged = false }
  }

  /// Deletes everything from the index if an error shows that the file is damaged, and throws all other errors.
  private func discard(after error: any Error) async throws {
    guard Self.isDamage(error) else { throw error }
    try await discard()
    // An error that SQLite does not report as damage can occur again, so the next attempt must wait.
    if let error = error as? SQLError, error.code != .corrupt { throw error }
  }

  /// Whether the index contains all changes.
  package enum Progress: Sendable {
    /// The index does not contain all changes yet.
    case more
    /// The index contains all changes.
    case upToDate
    /// The index is empty until the unfinished purges and erasures are finished.
    case paused
  }

  /// Adds the changes that were recorded after the changes in the index.
  ///
  /// - Parameter reader: The reader of the ledger.
  package func add(from reader: any LedgerReader) async throws -> Progress {
    if isDamaged { try await discard() }
    let emptied = usage.withLock(\.emptied)
    let state: ReasonIndexState?
    do { state = try await storage.read { db in try ReasonIndexState(db) } } catch {
      try await discard(after: error)
      return .more
    }
    switch try await reader.read({ db in try ReasonBatch(behind: state, db) }) {
    case .foreign:
      try await empty()
      return .more
    case .paused:
      try await empty()
      return .paused
    case .none:
      usage.withLock { $0.isChecked = true }
      return .upToDate
    case .rows(let rows, let state, let isLast):
      do { try await write(rows, state, ifEmptied: emptied) } catch {
        try await discard(after: error)
        return .more
      }
      return isLast ? .upToDate : .more
    }
  }

  /// Writes rows that were read from the ledger, unless the index was emptied after the rows were read.
  private func write(_ rows: [ReasonBatch.Row], _ state: ReasonIndexState, ifEmptied emptied: Int) async throws {
    usage.withLock { $0.writes += 1 }
    try await storage.write { [self] db in
      guard usage.withLock({ $0.emptied == emptied }) else { return }
      for row in rows {
        try db.execute("INSERT INTO reason (rowid, text) VALUES (?, ?)", [row.change, row.text.stored])
      }
      try state.store(db)
    }
    usage.withLock { $0.isChecked = true }
  }

  /// Returns whether an error possibly occurs until the file is built again.
  private static func isDamage(_ error: any Error) -> Bool {
    guard let error = error as? SQLError else { return error is StorageError }
    return [.corrupt, .constraint, .misuse, .other].contains(error.code)
  }
}
