package import ReflogModel
import ReflogStorage

/// Copies a whole ledger to another database, byte for byte.
///
/// The rows are copied in many transactions, table by table. After an interruption, the next run continues with the row
/// after the last copied row of each table. A server accepts the copy only after all rows were copied and compared with
/// the source.
package struct LedgerMigration: Sendable {
  let source: LedgerSource
  let target: any LedgerTarget
  /// The maximum number of rows in one transaction.
  let rowsPerBatch: Int

  /// Creates a migration.
  package init(
    from source: LedgerSource,
    to target: any LedgerTarget,
    rowsPerBatch: Int = LedgerTable.rowsPerBatch
  ) {
    self.source = source
    self.target = target
    self.rowsPerBatch = rowsPerBatch
  }

  /// The progress of a migration.
  package enum Progress: Sendable {
    /// The number of rows that were copied since the last report.
    case copied(Int)
    /// The number of rows that were compared since the last report.
    case compared(Int)
  }

  /// The result of a migration: a complete copy.
  package struct Result: Sendable {
    /// The number of entries.
    package let size: Int64
    /// The root of the Merkle tree, computed from the copied entries.
    package let root: Hash
    /// Whether the API tokens were copied.
    package let hasTokens: Bool
  }

  /// Copies the rows that are missing in the target, compares the copy with the source, and completes the copy.
  ///
  /// When the method returns, the target is a durable ledger with the same rows as the source. If the target is already
  /// a complete copy, the method only compares the target with the source.
  ///
  /// - Throws: ``MigrationError`` if the target can't become a copy of the source.
  package func run(_ progress: @Sendable (Progress) -> Void) async throws -> Result {
    try await History(reader: source.reader).verifyHead()
    let last = try await lastRows(source.reader)
    let begun = try await source.reader.read { db in
      BegunCopy(origin: try LogRows.origin(db).description, size: try LogRows.size(db))
    }
    let isComplete = try await begin(begun, last) == .complete
    let tokens = try await source.tokens?.read { db in try LedgerTable.tokens.allRows(db) }
    if !isComplete {
      for table in LedgerTable.first { try await copy(table, progress) }
      if let tokens { try await copy(tokens: tokens) }
    }
    for table in LedgerTable.first { try await compare(table, progress) }
    let root = try await verifiedRoot()
    guard try await lastRows(source.reader) == last else { throw changed }
    if !isComplete { try finish(last) }
    return Result(size: begun.size, root: root, hasTokens: tokens?.isEmpty == false)
  }

  private var changed: MigrationError { .sourceChanged(source: source.name, target: target.name) }

  func differs(_ table: LedgerTable) -> MigrationError { .tableDiffers(table: table.name, target: target.name) }

  /// Returns the rows of the tables in ``LedgerTable/last``, which are copied last.
  ///
  /// A new entry changes one of these rows, so they also show whether the source was written during the copy.
  private func lastRows(_ reader: any LedgerReader) async throws -> [LedgerRows] {
    try await reader.read { db in try LedgerTable.last.map { try $0.rows(after: nil, db) } }
  }

  /// The state of the target.
  private enum State {
    /// Rows are missing.
    case unfinished
    /// All rows were copied by an earlier run.
    case complete
  }

  /// Begins the copy, or checks that the target is an unfinished or complete copy of this source.
  private func begin(_ copy: BegunCopy, _ last: [LedgerRows]) async throws -> State {
    if let begun = try await target.begun() {
      guard begun.origin == copy.origin else {
        throw MigrationError.copyOfAnother(target: target.name, origin: begun.origin)
      }
      guard begun == copy else { throw changed }
      return .unfinished
    }
    if try await lastRows(target.reader) == last { return .complete }
    let isEmpty = try await target.reader.read { db in
      try (LedgerTable.first + LedgerTable.last).allSatisfy { try $0.lastKey(db) == nil }
    }
    guard isEmpty else { throw MigrationError.targetNotEmpty(target: target.name) }
    try target.begin(copy)
    return .unfinished
  }

  /// Inserts the last rows, so that the target becomes a ledger that a server accepts.
  private func finish(_ last: [LedgerRows]) throws {
    try target.finish { db in
      for (table, rows) in zip(LedgerTable.last, last) {
        try table.insert(rows, db)
        guard try table.rows(after: nil, db) == rows else { throw differs(table) }
      }
    }
  }

  /// Copies the rows of a table that follow the last copied row.
  private func copy(_ table: LedgerTable, _ progress: (Progress) -> Void) async throws {
    let (reader, limit, last) = (
      source.reader, rowsPerBatch, try await target.reader.read { db in try table.lastKey(db) }
    )
    var rows = try await reader.read { db in try table.rows(after: last, limit: limit, db) }
    while let key = rows.lastKey {
      // The next rows are read while these rows are written.
      async let next = reader.read { db in try table.rows(after: key, limit: limit, db) }
      try target.write(rows, to: table)
      progress(.copied(rows.count))
      rows = try await next
    }
  }

  /// Copies the API tokens, unless an earlier run copied them.
  private func copy(tokens rows: LedgerRows) async throws {
    let (table, differs) = (LedgerTable.tokens, differs(.tokens))
    try await target.writeTokens { db in
      let found = try table.allRows(db)
      if found.isEmpty { return try table.insert(rows, db) }
      guard found == rows else { throw differs }
    }
  }
}

extension LedgerTable {
  /// Returns all rows of a small table.
  fileprivate func allRows(_ db: any LedgerConnection) throws -> LedgerRows {
    var all = try rows(after: nil, db)
    var next = all
    while let key = next.lastKey {
      next = try rows(after: key, db)
      all.values += next.values
    }
    return all
  }
}
